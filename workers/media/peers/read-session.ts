import { randomInt, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { EndReason, PathReader } from '../paths/live-path.ts';
import { isRtcp, RTP_HEADER_BYTES } from '../rtp/packet.ts';
import { ntpTime, parseRtcp, writeSenderReport } from '../rtp/rtcp.ts';
import { buildAnswer, innerOffer } from '../sdp/answer.ts';
import type { Offer } from '../sdp/offer.ts';
import { planTransport } from '../sdp/transport-plan.ts';
import type { IceHost } from './ice-host.ts';
import { Peer, randomSsrc } from './peer.ts';
import {
	HANDSHAKE_TIMEOUT_MS,
	zeroCounters,
	type CloseReason,
	type SessionContext,
	type WebRtcSession
} from './session.ts';

const REPORT_EVERY_MS = 1000;
/** A listener that has reported once and then not for this long is gone; browsers report every 2.5–7.5 s. */
const SILENT_READER_MS = 20_000;

/** One WHEP listener: gets every packet of the line under numbers of its own. */
export class ReadSession implements WebRtcSession, PathReader {
	readonly id = randomUUID();
	readonly secret = randomUUID();
	readonly state = 'read';
	readonly type = 'webRTCSession';
	readonly createdAt = new Date();
	readonly counters = zeroCounters();
	readonly answer: string;
	readonly remoteIceUfrag: string;
	readonly path;
	readonly request;
	readonly #context: SessionContext;
	readonly #peer: Peer;
	readonly #payloadType: number;
	readonly #ssrc = randomSsrc();
	readonly #cname = randomUUID();
	readonly #createdMs = performance.now();
	/** Added to the line's numbers; set by the first packet, which gets a low one (RFC 3711 §3.3.1). */
	#sequenceShift: number | null = null;
	#octets = 0;
	#nextReportMs = 0;
	#lastHeardMs: number | null = null;
	#lost = { packetsLost: 0, jitter: 0 };
	#established = false;
	#closed = false;

	/** Throws when the native library refuses the offer. */
	constructor(offer: Offer, ice: IceHost, context: SessionContext) {
		this.path = context.path;
		this.request = context.request;
		this.#context = context;
		this.remoteIceUfrag = offer.iceUfrag;
		this.#payloadType = offer.audio.payloadType;
		const plan = planTransport(offer, {
			address: context.request.address,
			localAddresses: ice.localAddresses()
		});
		this.#peer = new Peer(
			innerOffer(offer, plan),
			ice.socket,
			{
				open: () => {
					this.#established = true;
					this.path.listen(this, performance.now());
				},
				datagram: (datagram) => this.#datagram(datagram),
				closed: () => this.close('peer')
			},
			context.log
		);
		this.answer = buildAnswer({
			offer,
			role: plan.ours,
			transport: this.#peer.transport,
			candidates: ice.candidates(),
			sessionId: String(this.#ssrc),
			flow: { type: 'send', ssrc: this.#ssrc, cname: this.#cname }
		});
		this.path.addReader(this);
	}

	get established(): boolean {
		return this.#established;
	}

	candidatePair(): ReturnType<Peer['candidatePair']> {
		return this.#peer.candidatePair();
	}

	loss(): { packetsLost: number; jitter: number } {
		return this.#lost;
	}

	/** The hot line of the server: writes this listener's numbers into the shared header and sends a copy. */
	deliver(packet: Buffer, sequence: number, nowMs: number): void {
		this.#sequenceShift ??= randomInt(0, 0x4000) - sequence;
		const own = sequence + this.#sequenceShift;
		const ssrc = this.#ssrc;
		packet[1] = ((packet[1] ?? 0) & 0x80) | this.#payloadType;
		packet[2] = own >> 8;
		packet[3] = own;
		packet[8] = ssrc >>> 24;
		packet[9] = ssrc >>> 16;
		packet[10] = ssrc >>> 8;
		packet[11] = ssrc;
		if (this.#peer.send(packet)) {
			this.counters.outboundRtpPackets += 1;
			this.counters.outboundBytes += packet.length;
			this.#octets += packet.length - RTP_HEADER_BYTES;
		} else this.counters.outboundFramesDiscarded += 1;
		if (nowMs >= this.#nextReportMs) this.#report(nowMs);
	}

	check(nowMs: number): void {
		if (!this.#established) {
			if (nowMs - this.#createdMs > HANDSHAKE_TIMEOUT_MS) this.close('handshake_timeout');
		} else if (this.#lastHeardMs !== null && nowMs - this.#lastHeardMs > SILENT_READER_MS)
			this.close('silent');
	}

	end(reason: EndReason): void {
		this.close(reason);
	}

	close(reason: CloseReason): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#context.log.debug({ session: this.id, path: this.path.name, reason }, 'listener ended');
		this.path.removeReader(this);
		this.#peer.close();
		this.#context.ended(this);
	}

	#datagram(datagram: Buffer): void {
		if (this.#closed || !isRtcp(datagram)) return;
		this.#lastHeardMs = performance.now();
		this.counters.inboundRtcpPackets += 1;
		this.counters.inboundBytes += datagram.length;
		for (const part of parseRtcp(datagram))
			if (part.type !== 'goodbye')
				for (const block of part.blocks)
					if (block.ssrc === this.#ssrc)
						this.#lost = { packetsLost: block.packetsLost, jitter: block.jitter };
	}

	/** Ties the line's timestamps to the wall clock, about once a second (RFC 3550 §6.4.1). */
	#report(nowMs: number): void {
		const timestamp = this.path.clock.timestampAt(nowMs);
		if (timestamp === null) return;
		// Spread over the second, so that listeners who joined together do not all get theirs in one tick.
		this.#nextReportMs = nowMs + REPORT_EVERY_MS * (0.8 + Math.random() * 0.4);
		const report = writeSenderReport({
			ssrc: this.#ssrc,
			ntp: ntpTime(Date.now()),
			rtpTimestamp: timestamp,
			packets: this.counters.outboundRtpPackets,
			octets: this.#octets,
			cname: this.#cname
		});
		if (!this.#peer.send(report)) return;
		this.counters.outboundRtcpPackets += 1;
		this.counters.outboundBytes += report.length;
	}
}
