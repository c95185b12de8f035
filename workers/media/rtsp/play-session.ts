import { randomInt, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Socket } from 'node:net';
import type { EndReason, LivePath, PathReader } from '../paths/live-path.ts';
import { firstSequence } from '../rtp/line.ts';
import { RTP_HEADER_BYTES } from '../rtp/packet.ts';
import { ntpTime, parseRtcp, writeSenderReport } from '../rtp/rtcp.ts';
import { writeFrame } from './wire.ts';

export const RTSP_PAYLOAD_TYPE = 96;
const REPORT_EVERY_MS = 1000;
/** About 5 s of speech. What does not fit is dropped: an old word late helps nobody. */
const MAX_QUEUED_BYTES = 48 * 1024;
/** A reader that takes nothing for this long is gone. */
const STUCK_MS = 5000;

export type PlayRequest = {
	readonly remoteAddress: string;
	readonly query: string;
	readonly user: string;
	readonly userAgent: string;
};

/** One RTSP reader: SETUP makes it, PLAY starts it, the connection's end ends it. */
export class PlaySession implements PathReader {
	readonly id = randomUUID();
	readonly type = 'rtspSession';
	readonly present = true;
	readonly createdAt = new Date();
	readonly path: LivePath;
	readonly request: PlayRequest;
	readonly ssrc = randomInt(1, 0x1_0000_0000);
	outboundBytes = 0;
	outboundRtpPackets = 0;
	outboundRtcpPackets = 0;
	outboundDiscarded = 0;
	inboundRtcpPackets = 0;
	inboundBytes = 0;
	reportedLost = 0;
	readonly #socket: Socket;
	readonly #channels: { readonly rtp: number; readonly rtcp: number };
	readonly #cname = randomUUID();
	readonly #ended: (session: PlaySession) => void;
	#sequenceShift: number | null = null;
	#octets = 0;
	#nextReportMs = 0;
	#stuckSinceMs: number | null = null;
	#playing = false;
	#closed = false;

	constructor(
		path: LivePath,
		request: PlayRequest,
		socket: Socket,
		channels: { readonly rtp: number; readonly rtcp: number },
		ended: (session: PlaySession) => void
	) {
		this.path = path;
		this.request = request;
		this.#socket = socket;
		this.#channels = channels;
		this.#ended = ended;
		path.addReader(this);
	}

	get playing(): boolean {
		return this.#playing;
	}

	play(): void {
		if (this.#playing || this.#closed) return;
		this.#playing = true;
		this.path.listen(this, performance.now());
	}

	deliver(packet: Buffer, sequence: number, nowMs: number): void {
		this.#sequenceShift ??= firstSequence() - sequence;
		if (this.#isStuck(nowMs)) return;
		packet[1] = ((packet[1] ?? 0) & 0x80) | RTSP_PAYLOAD_TYPE;
		packet.writeUInt16BE((sequence + this.#sequenceShift) & 0xffff, 2);
		packet.writeUInt32BE(this.ssrc, 8);
		this.#write(this.#channels.rtp, packet);
		this.outboundRtpPackets += 1;
		this.#octets += packet.length - RTP_HEADER_BYTES;
		if (nowMs >= this.#nextReportMs) this.#report(nowMs);
	}

	/** A frame from the client: RTCP on our channel, or nothing of ours. */
	frame(channel: number, data: Buffer): void {
		if (channel !== this.#channels.rtcp) return;
		this.inboundRtcpPackets += 1;
		this.inboundBytes += data.length;
		for (const part of parseRtcp(data))
			if (part.type === 'receiver-report')
				for (const block of part.blocks)
					if (block.ssrc === this.ssrc) this.reportedLost = block.packetsLost;
	}

	end(reason: EndReason): void {
		this.close(reason);
	}

	close(_reason: EndReason | 'kicked' | 'client' | 'stuck' | 'shutdown'): void {
		if (this.#closed) return;
		this.#closed = true;
		this.path.removeReader(this);
		this.#socket.destroy();
		this.#ended(this);
	}

	#isStuck(nowMs: number): boolean {
		if (this.#socket.writableLength <= MAX_QUEUED_BYTES) {
			this.#stuckSinceMs = null;
			return false;
		}
		this.outboundDiscarded += 1;
		this.#stuckSinceMs ??= nowMs;
		if (nowMs - this.#stuckSinceMs > STUCK_MS) this.close('stuck');
		return true;
	}

	#write(channel: number, packet: Buffer): void {
		const frame = writeFrame(channel, packet);
		this.outboundBytes += frame.length;
		this.#socket.write(frame);
	}

	#report(nowMs: number): void {
		const timestamp = this.path.clock.timestampAt(nowMs);
		if (timestamp === null) return;
		this.#nextReportMs = nowMs + REPORT_EVERY_MS;
		this.#write(
			this.#channels.rtcp,
			writeSenderReport({
				ssrc: this.ssrc,
				ntp: ntpTime(Date.now()),
				rtpTimestamp: timestamp,
				packets: this.outboundRtpPackets,
				octets: this.#octets,
				cname: this.#cname
			})
		);
		this.outboundRtcpPackets += 1;
	}
}
