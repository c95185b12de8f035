import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { EndReason, PathPublisher } from '../paths/live-path.ts';
import { isRtcp, parseRtp } from '../rtp/packet.ts';
import { Reception } from '../rtp/reception.ts';
import { Repair } from '../rtp/repair.ts';
import { parseRtcp, writeReceiverReport } from '../rtp/rtcp.ts';
import type { Offer } from '../sdp/offer.ts';
import { answeringPeer } from './answering-peer.ts';
import type { IceHost } from './ice-host.ts';
import { randomSsrc, type Peer } from './peer.ts';
import {
	HANDSHAKE_TIMEOUT_MS,
	type CloseReason,
	type SessionContext,
	type SessionCounters,
	type WebRtcSession
} from './session.ts';

/** A browser that publishes sends even when muted; this long without a packet and it is gone. */
const SILENT_PUBLISHER_MS = 4500;
const REPORT_EVERY_MS = 1000;

/** One WHIP publisher: hands its packets to the path and tells it, by receiver reports, how they arrive. */
export class PublishSession implements WebRtcSession, PathPublisher {
	readonly id = randomUUID();
	readonly secret = randomUUID();
	readonly state = 'publish';
	readonly type = 'webRTCSession';
	readonly present = true;
	readonly createdAt = new Date();
	readonly answer: string;
	readonly remoteIceUfrag: string;
	readonly path;
	readonly request;
	readonly #context: SessionContext;
	readonly #peer: Peer;
	readonly #reception = new Reception();
	readonly #ssrc = randomSsrc();
	readonly #repair: Repair;
	readonly #levelExtensionId: number | null;
	readonly #createdMs = performance.now();
	#inbound = { bytes: 0, rtp: 0, rtcp: 0 };
	#outbound = { bytes: 0, rtcp: 0 };
	#lastPacketMs: number | null = null;
	#nextReportMs = 0;
	#established = false;
	#closed = false;

	/** Throws when the native library refuses the offer. */
	constructor(offer: Offer, ice: IceHost, context: SessionContext) {
		this.path = context.path;
		this.request = context.request;
		this.#context = context;
		this.remoteIceUfrag = offer.iceUfrag;
		this.#repair = new Repair(offer.audio.payloadType, offer.audio.redPayloadType);
		this.#levelExtensionId = offer.audio.levelExtensionId;
		const { peer, answer } = answeringPeer({
			offer,
			ice,
			context,
			ssrc: this.#ssrc,
			flow: { type: 'receive' },
			events: {
				open: () => {
					this.#established = true;
				},
				datagram: (datagram) => this.#datagram(datagram),
				closed: () => this.close('peer')
			}
		});
		this.#peer = peer;
		this.answer = answer;
	}

	get established(): boolean {
		return this.#established;
	}

	get counters(): SessionCounters {
		return {
			inboundBytes: this.#inbound.bytes,
			inboundRtpPackets: this.#inbound.rtp,
			inboundRtcpPackets: this.#inbound.rtcp,
			outboundBytes: this.#outbound.bytes,
			outboundRtpPackets: 0,
			outboundRtcpPackets: this.#outbound.rtcp,
			outboundFramesDiscarded: 0
		};
	}

	candidatePair(): ReturnType<Peer['candidatePair']> {
		return this.#peer.candidatePair();
	}

	loss(): ReturnType<WebRtcSession['loss']> {
		return {
			packetsLost: this.#reception.packetsLost,
			packetsRepaired: this.#repair.repaired,
			jitter: this.#reception.jitter
		};
	}

	check(nowMs: number): void {
		const quietSince = this.#lastPacketMs;
		if (quietSince === null) {
			if (nowMs - this.#createdMs > HANDSHAKE_TIMEOUT_MS) this.close('handshake_timeout');
		} else if (nowMs - quietSince > SILENT_PUBLISHER_MS) this.close('silent');
		else if (nowMs >= this.#nextReportMs) {
			this.#nextReportMs = nowMs + REPORT_EVERY_MS;
			this.#report(nowMs);
		}
	}

	end(reason: EndReason): void {
		this.close(reason);
	}

	close(reason: CloseReason): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#context.log.info({ session: this.id, path: this.path.name, reason }, 'publisher ended');
		this.path.publisherGone(this);
		this.#peer.close();
		this.#context.ended(this);
	}

	#datagram(datagram: Buffer): void {
		if (this.#closed) return;
		const nowMs = performance.now();
		this.#inbound.bytes += datagram.length;
		if (isRtcp(datagram)) {
			this.#inbound.rtcp += 1;
			for (const part of parseRtcp(datagram))
				if (part.type === 'sender-report') this.#reception.senderReport(part.ntp, nowMs);
			return;
		}
		const packet = parseRtp(datagram, this.#levelExtensionId);
		if (packet === null || !this.#repair.takes(packet.payloadType)) return;
		if (this.#lastPacketMs === null)
			this.#context.log.info({ session: this.id, path: this.path.name }, 'publisher is heard');
		this.#lastPacketMs = nowMs;
		this.#inbound.rtp += 1;
		this.#reception.packet(packet.ssrc, packet.sequence, packet.timestamp, nowMs);
		for (const frame of this.#repair.frames(packet)) {
			// A frame may have ended this session: nobody takes the air from a path that is gone.
			if (this.#closed) return;
			this.path.incoming(this, frame, nowMs);
		}
	}

	#report(nowMs: number): void {
		const block = this.#reception.report(nowMs);
		if (block === null) return;
		const report = writeReceiverReport(this.#ssrc, block, this.id);
		if (!this.#peer.send(report)) return;
		this.#outbound.rtcp += 1;
		this.#outbound.bytes += report.length;
	}
}
