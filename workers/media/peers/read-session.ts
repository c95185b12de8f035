import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { EndReason, PathReader } from '../paths/live-path.ts';
import { firstSequence } from '../rtp/line.ts';
import { isRtcp, RTP_HEADER_BYTES, withTransportSequence } from '../rtp/packet.ts';
import { writeRed } from '../rtp/red.ts';
import { Redundancy } from '../rtp/redundancy.ts';
import { ntpTime, parseRtcp, writeSenderReport, type ReportBlock } from '../rtp/rtcp.ts';
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

const REPORT_EVERY_MS = 1000;
/** Every second report a listener that can is asked for a sign of life. */
const REPORTS_PER_PROBE = 2;
/** Asked and silent for this long: it no longer counts, but packets go on, in case it is in a tunnel. */
const ABSENT_READER_MS = 4400;
/** Silent for this long it is gone. Unasked, browsers report every 2.5–7.5 s. */
const SILENT_READER_MS = 20_000;

/** One WHEP listener: gets every packet of the line under numbers of its own. */
export class ReadSession implements WebRtcSession, PathReader {
	readonly id = randomUUID();
	readonly secret = randomUUID();
	readonly state = 'read';
	readonly type = 'webRTCSession';
	readonly createdAt = new Date();
	readonly answer: string;
	readonly remoteIceUfrag: string;
	readonly path;
	readonly request;
	readonly #context: SessionContext;
	readonly #peer: Peer;
	readonly #payloadType: number;
	readonly #redPayloadType: number | null;
	readonly #transportExtensionId: number | null;
	readonly #redundancy = new Redundancy();
	/** Of earlier frames, in each packet; 0 for whoever loses nothing or cannot read them. */
	#copies = 0;
	#copiedBytes = 0;
	readonly #ssrc = randomSsrc();
	readonly #cname = randomUUID();
	readonly #createdMs = performance.now();
	/** Added to the line's numbers; set by the first packet. */
	#sequenceShift: number | null = null;
	/** What the path had sent when this listener began, and what of the rest did not reach it. */
	#before = { packets: 0, bytes: 0 };
	#discarded = { packets: 0, bytes: 0 };
	#rtcp = { inboundBytes: 0, inbound: 0, outboundBytes: 0, outbound: 0 };
	#nextReportMs = 0;
	#reports = 0;
	#probes = 0;
	#probeDue = false;
	#lastHeardMs: number | null = null;
	#present = true;
	#lost = { packetsLost: 0, packetsRepaired: 0, jitter: 0 };
	#established = false;
	#closed = false;

	/** Throws when the native library refuses the offer. */
	constructor(offer: Offer, ice: IceHost, context: SessionContext) {
		this.path = context.path;
		this.request = context.request;
		this.#context = context;
		this.remoteIceUfrag = offer.iceUfrag;
		this.#payloadType = offer.audio.payloadType;
		this.#redPayloadType = offer.audio.redPayloadType;
		this.#transportExtensionId = offer.audio.transportExtensionId;
		const { peer, answer } = answeringPeer({
			offer,
			ice,
			context,
			ssrc: this.#ssrc,
			flow: { type: 'send', ssrc: this.#ssrc, cname: this.#cname },
			events: {
				open: () => {
					this.#established = true;
					this.path.listen(this, performance.now());
				},
				datagram: (datagram) => this.#datagram(datagram),
				closed: () => this.close('peer')
			}
		});
		this.#peer = peer;
		this.answer = answer;
		this.path.addReader(this);
	}

	get established(): boolean {
		return this.#established;
	}

	get present(): boolean {
		return this.#present;
	}

	get counters(): SessionCounters {
		const sent = this.#sent();
		return {
			inboundBytes: this.#rtcp.inboundBytes,
			inboundRtpPackets: 0,
			inboundRtcpPackets: this.#rtcp.inbound,
			outboundBytes: sent.bytes + this.#rtcp.outboundBytes,
			outboundRtpPackets: sent.packets,
			outboundRtcpPackets: this.#rtcp.outbound,
			outboundFramesDiscarded: this.#discarded.packets
		};
	}

	candidatePair(): ReturnType<Peer['candidatePair']> {
		return this.#peer.candidatePair();
	}

	loss(): ReturnType<WebRtcSession['loss']> {
		return this.#lost;
	}

	/** The hot line of the server: writes this listener's numbers into the shared header and sends a copy. */
	deliver(packet: Buffer, sequence: number, nowMs: number): void {
		const own = sequence + (this.#sequenceShift ?? this.#begin(packet, sequence));
		const ssrc = this.#ssrc;
		packet[1] = ((packet[1] ?? 0) & 0x80) | this.#payloadType;
		packet[2] = own >> 8;
		packet[3] = own;
		packet[8] = ssrc >>> 24;
		packet[9] = ssrc >>> 16;
		packet[10] = ssrc >>> 8;
		packet[11] = ssrc;
		const sound = this.#copies > 0 ? this.#withCopies(packet, sequence) : packet;
		const whole = this.#probeDue ? this.#probe(sound) : sound;
		if (!this.#peer.send(whole)) {
			this.#discarded.packets += 1;
			this.#discarded.bytes += packet.length;
		}
		if (nowMs >= this.#nextReportMs) this.#report(nowMs);
	}

	check(nowMs: number): void {
		if (!this.#established) {
			if (nowMs - this.#createdMs > HANDSHAKE_TIMEOUT_MS) this.close('handshake_timeout');
			return;
		}
		// One that never said a word may be unable to; ICE notices it after half a minute.
		if (this.#lastHeardMs === null) return;
		const silentMs = nowMs - this.#lastHeardMs;
		if (silentMs > SILENT_READER_MS) this.close('silent');
		else this.#present = this.#probes === 0 || silentMs < ABSENT_READER_MS;
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

	/** The first packet: the shift of all numbers, and what the path had sent before it. */
	#begin(packet: Buffer, sequence: number): number {
		const { packets, bytes } = this.path.sent;
		this.#before = { packets: packets - 1, bytes: bytes - packet.length };
		this.#sequenceShift = firstSequence() - sequence;
		return this.#sequenceShift;
	}

	#sent(): { packets: number; bytes: number } {
		if (this.#sequenceShift === null) return { packets: 0, bytes: 0 };
		return {
			packets: this.path.sent.packets - this.#before.packets - this.#discarded.packets,
			bytes: this.path.sent.bytes - this.#before.bytes - this.#discarded.bytes + this.#copiedBytes
		};
	}

	#datagram(datagram: Buffer): void {
		if (this.#closed || !isRtcp(datagram)) return;
		this.#lastHeardMs = performance.now();
		this.#present = true;
		this.#rtcp.inbound += 1;
		this.#rtcp.inboundBytes += datagram.length;
		for (const part of parseRtcp(datagram))
			if (part.type !== 'goodbye')
				for (const block of part.blocks) if (block.ssrc === this.#ssrc) this.#reported(block);
	}

	#reported({ packetsLost, jitter, fractionLost }: ReportBlock): void {
		this.#lost = { packetsLost, packetsRepaired: 0, jitter };
		this.#redundancy.report(fractionLost);
		if (this.#redPayloadType !== null) this.#copies = this.#redundancy.copies;
	}

	/** The same packet as RED (RFC 2198): the listener fills what it lost before from the copies. */
	#withCopies(packet: Buffer, sequence: number): Buffer {
		const earlier = this.path.earlierFrames(sequence, this.#copies);
		if (earlier.length === 0 || this.#redPayloadType === null) return packet;
		const primary = packet.subarray(RTP_HEADER_BYTES);
		const red = writeRed({ earlier, primary }, this.#payloadType, RTP_HEADER_BYTES);
		packet.copy(red, 0, 0, RTP_HEADER_BYTES);
		red[1] = ((packet[1] ?? 0) & 0x80) | this.#redPayloadType;
		this.#copiedBytes += red.length - packet.length;
		return red;
	}

	#probe(packet: Buffer): Buffer {
		this.#probeDue = false;
		if (this.#transportExtensionId === null) return packet;
		this.#probes += 1;
		return withTransportSequence(packet, this.#transportExtensionId, this.#probes);
	}

	/** Ties the line's timestamps to the wall clock, about once a second (RFC 3550 §6.4.1). */
	#report(nowMs: number): void {
		const timestamp = this.path.clock.timestampAt(nowMs);
		if (timestamp === null) return;
		// Spread over the second, so that listeners who joined together do not all get theirs in one tick.
		this.#nextReportMs = nowMs + REPORT_EVERY_MS * (0.8 + Math.random() * 0.4);
		this.#reports += 1;
		this.#probeDue = this.#reports % REPORTS_PER_PROBE === 0;
		const sent = this.#sent();
		const report = writeSenderReport({
			ssrc: this.#ssrc,
			ntp: ntpTime(Date.now()),
			rtpTimestamp: timestamp,
			packets: sent.packets,
			octets: sent.bytes - sent.packets * RTP_HEADER_BYTES,
			cname: this.#cname
		});
		if (!this.#peer.send(report)) return;
		this.#rtcp.outbound += 1;
		this.#rtcp.outboundBytes += report.length;
	}
}
