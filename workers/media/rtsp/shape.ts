import type { PlaySession } from './play-session.ts';

/** MediaMTX's JSON shape of an RTSP session; this server has readers over TCP only. */
export function rtspSessionShape(session: PlaySession) {
	return {
		id: session.id,
		created: session.createdAt,
		remoteAddr: session.request.remoteAddress,
		state: session.playing ? 'read' : 'idle',
		path: session.path.name,
		query: '',
		user: session.request.user,
		userAgent: session.request.userAgent,
		transport: 'TCP',
		profile: 'AVP',
		conns: [],
		inboundBytes: session.inboundBytes,
		inboundRTPPackets: 0,
		inboundRTPPacketsLost: 0,
		inboundRTPPacketsInError: 0,
		inboundRTPPacketsJitter: 0,
		inboundRTCPPackets: session.inboundRtcpPackets,
		inboundRTCPPacketsInError: 0,
		outboundBytes: session.outboundBytes,
		outboundRTPPackets: session.outboundRtpPackets,
		outboundRTPPacketsReportedLost: session.reportedLost,
		outboundRTPPacketsDiscarded: session.outboundDiscarded,
		outboundRTCPPackets: session.outboundRtcpPackets
	};
}
