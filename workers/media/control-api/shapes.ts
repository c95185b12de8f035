import type { LivePath } from '../paths/live-path.ts';
import type { PathConfig } from '../paths/path-config.ts';
import type { WebRtcSession } from '../peers/session.ts';

/**
 * MediaMTX's JSON shapes (its api/openapi.yaml), deprecated names included, so that one adapter reads both
 * servers. Fields MediaMTX does not have are marked "ours".
 */
const TRACKS = [{ codec: 'Opus', codecProps: { channelCount: 2 } }];

export function pathShape(path: LivePath) {
	const { publisher, onlineSince } = path;
	const since = path.config.alwaysAvailable ? path.createdAt : onlineSince;
	return {
		name: path.name,
		confName: path.name,
		ready: path.available,
		readyTime: since,
		available: path.available,
		availableTime: since,
		online: publisher !== null,
		onlineTime: onlineSince,
		source: publisher === null ? null : { type: publisher.type, id: publisher.id },
		tracks: path.available ? ['Opus'] : [],
		tracks2: path.available ? TRACKS : [],
		readers: path.readers.map(({ type, id }) => ({ type, id })),
		inboundBytes: path.inboundBytes,
		outboundBytes: path.outboundBytes,
		inboundFramesInError: path.inboundFramesInError,
		bytesReceived: path.inboundBytes,
		bytesSent: path.outboundBytes,
		/** Ours: loudness of the last packet in −dBov (0 loudest, 127 silence), null when unknown. */
		audioLevel: path.audioLevel
	};
}

export function configShape(name: string, config: PathConfig) {
	return { name, ...config };
}

export function webRtcSessionShape(session: WebRtcSession) {
	const { counters, request } = session;
	const pair = session.established ? session.candidatePair() : null;
	const { packetsLost, packetsRepaired, jitter } = session.loss();
	const publishes = session.state === 'publish';
	const inboundLost = publishes ? packetsLost : 0;
	const inboundJitter = publishes ? jitter : 0;
	return {
		id: session.id,
		created: session.createdAt,
		remoteAddr: request.remoteAddress,
		peerConnectionEstablished: session.established,
		localCandidate: pair?.local ?? '',
		remoteCandidate: pair?.remote ?? '',
		state: session.state,
		path: session.path.name,
		query: request.query,
		user: request.user,
		userAgent: request.userAgent,
		inboundBytes: counters.inboundBytes,
		inboundRTPPackets: counters.inboundRtpPackets,
		inboundRTPPacketsLost: inboundLost,
		inboundRTPPacketsJitter: inboundJitter,
		inboundRTCPPackets: counters.inboundRtcpPackets,
		outboundBytes: counters.outboundBytes,
		outboundRTPPackets: counters.outboundRtpPackets,
		outboundRTCPPackets: counters.outboundRtcpPackets,
		outboundFramesDiscarded: counters.outboundFramesDiscarded,
		bytesReceived: counters.inboundBytes,
		bytesSent: counters.outboundBytes,
		rtpPacketsReceived: counters.inboundRtpPackets,
		rtpPacketsSent: counters.outboundRtpPackets,
		rtpPacketsLost: inboundLost,
		rtpPacketsJitter: inboundJitter,
		rtcpPacketsReceived: counters.inboundRtcpPackets,
		rtcpPacketsSent: counters.outboundRtcpPackets,
		/** Ours: lost packets whose frame came as a copy in a later one (RFC 2198). */
		inboundRTPPacketsRepaired: packetsRepaired,
		/** Ours: what the listener itself reported of the downlink, jitter in samples at 48 kHz. */
		outboundRTPPacketsReportedLost: publishes ? 0 : packetsLost,
		outboundRTPPacketsReportedJitter: publishes ? 0 : jitter
	};
}

export type Page<T> = {
	readonly itemCount: number;
	readonly pageCount: number;
	readonly items: readonly T[];
};

/** MediaMTX's paging: 100 items a page, pages from 0; null when a parameter is not a number. */
export function paginate<T, U>(
	all: readonly T[],
	query: string,
	shape: (item: T) => U
): Page<U> | null {
	const parameters = new URLSearchParams(query);
	const perPage = readCount(parameters.get('itemsPerPage'), 100);
	const page = readCount(parameters.get('page'), 0);
	if (perPage === null || perPage === 0 || page === null) return null;
	return {
		itemCount: all.length,
		pageCount: Math.ceil(all.length / perPage),
		items: all.slice(page * perPage, (page + 1) * perPage).map(shape)
	};
}

function readCount(text: string | null, fallback: number): number | null {
	if (text === null || text === '') return fallback;
	return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
