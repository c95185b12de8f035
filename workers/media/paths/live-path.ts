import { randomInt } from 'node:crypto';
import {
	FRAME_MS,
	FRAME_SAMPLES,
	opusDurationSamples,
	SEAM_FRAME,
	SEAM_SAMPLES,
	SILENT_FRAME
} from '../rtp/opus.ts';
import { RtpLine, type LineSource } from '../rtp/line.ts';
import { RTP_HEADER_BYTES, writeRtp, type RtpPacket } from '../rtp/packet.ts';
import type { EarlierFrame } from '../rtp/red.ts';
import { MAX_COPIES } from '../rtp/redundancy.ts';
import { SenderClock } from '../rtp/sender-clock.ts';
import type { PacerOf } from './pacer.ts';
import type { PathConfig } from './path-config.ts';

/** From this long without a packet a publisher counts as gone; its session may still come back. */
export const PUBLISHER_STALLED_MS = 2000;
/** A packet this fresh is given to a joining reader at once. */
const FRESH_PACKET_MS = 20;
/** A publisher's second source takes over only when its first has been silent for this long. */
const SOURCE_CHANGE_MS = 60;

export type SessionType = 'webRTCSession' | 'rtspSession';

/** Why a path ends a session. */
export type EndReason = 'replaced' | 'already_publishing' | 'path_deleted' | 'not_available';

export interface PathPublisher {
	readonly id: string;
	readonly type: SessionType;
	end(reason: EndReason): void;
}

export interface PathReader {
	readonly id: string;
	readonly type: SessionType;
	/** False while nothing is heard from it: it gets packets, but does not count. */
	readonly present: boolean;
	/**
	 * One packet of the line with its header written. The reader may change the bytes of the header, but
	 * must set every field it changes on every packet, and must not keep the buffer.
	 */
	deliver(packet: Buffer, sequence: number, nowMs: number): void;
	end(reason: EndReason): void;
}

type Live = {
	readonly publisher: PathPublisher;
	readonly source: LineSource;
	readonly since: Date;
	ssrc: number;
	lastPacketMs: number;
	level: number | null;
};

/** One channel: at most one publisher on the air, any number of readers, one unbroken line between them. */
export class LivePath {
	readonly name: string;
	readonly createdAt = new Date();
	readonly clock = new SenderClock();
	config: PathConfig;
	inboundBytes = 0;
	outboundBytes = 0;
	/** What every listener got so far, so that nobody has to count per listener and packet. */
	readonly sent = { packets: 0, bytes: 0 };
	inboundFramesInError = 0;

	readonly #line = new RtpLine({
		sequence: randomInt(0, 0x8000),
		timestamp: randomInt(0, 0x1_0000_0000)
	});
	readonly #readers = new Set<PathReader>();
	/** Those whose keys are agreed; an array because it is walked 50 times a second. */
	#listening: PathReader[] = [];
	#live: Live | null = null;
	/** Was on the air, stalled, and may come back while nobody else took over. */
	#dormant: PathPublisher | null = null;
	readonly #pacer: PacerOf<LivePath>;
	#paced = false;
	#deleted = false;
	#newest: { packet: Buffer; sequence: number; atMs: number } | null = null;
	/** The last frames of the line in its order, the newest last, for listeners that lose some. */
	readonly #recent: { sequence: number; timestamp: number; payload: Buffer }[] = [];

	constructor(name: string, config: PathConfig, pacer: PacerOf<LivePath>) {
		this.name = name;
		this.#pacer = pacer;
		this.config = config;
	}

	get publisher(): PathPublisher | null {
		return this.#live?.publisher ?? null;
	}

	get onlineSince(): Date | null {
		return this.#live?.since ?? null;
	}

	/** −dBov of the last packet (0 loudest, 127 silence), or null when the publisher does not say. */
	get audioLevel(): number | null {
		return this.#live?.level ?? null;
	}

	get available(): boolean {
		return this.config.alwaysAvailable || this.#live !== null;
	}

	/** Those that are there, as far as can be known. */
	get readers(): PathReader[] {
		return [...this.#readers].filter((reader) => reader.present);
	}

	get full(): boolean {
		return this.config.maxReaders > 0 && this.#readers.size >= this.config.maxReaders;
	}

	/** Counts the reader from its request on; packets come after `listen`. */
	addReader(reader: PathReader): void {
		this.#readers.add(reader);
	}

	listen(reader: PathReader, nowMs: number): void {
		if (!this.#readers.has(reader)) return;
		this.#listening.push(reader);
		const newest = this.#newest;
		if (newest && nowMs - newest.atMs < FRESH_PACKET_MS)
			reader.deliver(newest.packet, newest.sequence, nowMs);
		this.#follow();
	}

	removeReader(reader: PathReader): void {
		if (!this.#readers.delete(reader)) return;
		this.#listening = this.#listening.filter((other) => other !== reader);
		this.#follow();
	}

	/**
	 * A packet of a publisher. A newcomer's first frame puts it on the air and ends whoever was there:
	 * the frame after the last old one is the new voice.
	 */
	incoming(publisher: PathPublisher, packet: RtpPacket, nowMs: number): void {
		const duration = opusDurationSamples(packet.payload);
		// Nobody takes the air from another with what is no sound.
		if (duration === 0 && this.#live?.publisher !== publisher) return;
		const live = this.#take(publisher, packet.ssrc, nowMs);
		if (!live) return;
		live.lastPacketMs = nowMs;
		live.level = packet.level;
		this.inboundBytes += packet.payload.length + RTP_HEADER_BYTES;
		if (packet.payload.length === 0) {
			this.#line.skip(live.source, packet.sequence);
			return;
		}
		if (duration === 0) {
			this.inboundFramesInError += 1;
			return;
		}
		const place = this.#line.place(live.source, packet.sequence, packet.timestamp, duration, nowMs);
		if (place === null) return;
		this.#send(packet.payload, packet.marker, place.sequence, place.timestamp, nowMs);
	}

	/**
	 * Copies of up to `count` frames right before the newest one, oldest first; none when `sequence` is not the
	 * newest: a late packet cannot help.
	 */
	earlierFrames(sequence: number, count: number): EarlierFrame[] {
		const newest = this.#recent.at(-1);
		if (newest?.sequence !== sequence) return [];
		const found: EarlierFrame[] = [];
		for (let behind = count; behind >= 1; behind--) {
			const frame = this.#recent.at(-1 - behind);
			if (frame?.sequence === sequence - behind)
				found.push({ offset: newest.timestamp - frame.timestamp, payload: frame.payload });
		}
		return found;
	}

	/** The publisher's session ended. Harmless for one that is not on the air. */
	publisherGone(publisher: PathPublisher): void {
		if (this.#dormant === publisher) this.#dormant = null;
		if (this.#live?.publisher !== publisher) return;
		this.#live = null;
		this.#follow();
	}

	/** Looks whether the publisher fell silent; to be called a few times a second. */
	watch(nowMs: number): void {
		if (!this.#live || nowMs - this.#live.lastPacketMs <= PUBLISHER_STALLED_MS) return;
		this.#dormant = this.#live.publisher;
		this.#live = null;
		this.#follow();
	}

	/** A frame of silence, called by the pacer while there is somebody to hear it. */
	tick(nowMs: number): void {
		const place = this.#line.append(FRAME_SAMPLES, nowMs);
		this.#send(SILENT_FRAME, false, place.sequence, place.timestamp, nowMs);
	}

	reconfigure(config: PathConfig): void {
		this.config = config;
		this.#follow();
	}

	/** Ends everybody on it, and whoever is still on the way to it. */
	delete(): void {
		this.#deleted = true;
		for (const reader of [...this.#readers]) reader.end('path_deleted');
		this.#live?.publisher.end('path_deleted');
		this.#dormant?.end('path_deleted');
		this.#follow();
	}

	/** The publisher's place on the air, or null when it may not have it. */
	#take(publisher: PathPublisher, ssrc: number, nowMs: number): Live | null {
		if (this.#deleted) {
			publisher.end('path_deleted');
			return null;
		}
		const live = this.#live;
		if (live?.publisher === publisher) {
			if (live.ssrc === ssrc) return live;
			if (nowMs - live.lastPacketMs < SOURCE_CHANGE_MS) return null;
		} else if (live && !this.config.overridePublisher) {
			publisher.end('already_publishing');
			return null;
		}
		// A newcomer, one that comes back after a stall, or the same one with a new source (RFC 3550 §8.2).
		const next: Live = {
			publisher,
			source: this.#line.join(),
			since: live?.publisher === publisher ? live.since : new Date(),
			ssrc,
			lastPacketMs: nowMs,
			level: null
		};
		const dormant = this.#dormant;
		this.#seam(nowMs);
		this.#live = next;
		this.#dormant = null;
		this.#follow();
		if (live && live.publisher !== publisher) live.publisher.end('replaced');
		if (dormant && dormant !== publisher) dormant.end('replaced');
		return next;
	}

	/** Lets no decoder predict the newcomer's first frame from the last of another encoder: that can be a click. */
	#seam(nowMs: number): void {
		const before = this.#newest?.packet.subarray(RTP_HEADER_BYTES);
		if (!before || SILENT_FRAME.equals(before)) return;
		const place = this.#line.append(SEAM_SAMPLES, nowMs);
		this.#send(SEAM_FRAME, false, place.sequence, place.timestamp, nowMs);
	}

	#send(
		payload: Uint8Array,
		marker: boolean,
		sequence: number,
		timestamp: number,
		nowMs: number
	): void {
		this.clock.packet(timestamp, nowMs);
		const packet = writeRtp(
			Buffer.allocUnsafe(RTP_HEADER_BYTES + payload.length),
			{ marker, payloadType: 0, sequence, timestamp, ssrc: 0 },
			payload
		);
		if (this.#newest === null || sequence > this.#newest.sequence) {
			this.#newest = { packet, sequence, atMs: nowMs };
			this.#recent.push({ sequence, timestamp, payload: packet.subarray(RTP_HEADER_BYTES) });
			if (this.#recent.length > MAX_COPIES + 1) this.#recent.shift();
		}
		const listening = this.#listening;
		if (listening.length === 0) return;
		this.sent.packets += 1;
		this.sent.bytes += packet.length;
		for (const reader of listening) reader.deliver(packet, sequence, nowMs);
		this.outboundBytes += packet.length * listening.length;
	}

	/** What follows from who is there: silence is paced or not, and nobody waits where nothing will come. */
	#follow(): void {
		const silent =
			this.#live === null &&
			this.config.alwaysAvailable &&
			this.#listening.length > 0 &&
			!this.#deleted;
		if (silent !== this.#paced) {
			this.#paced = silent;
			if (silent) this.#pacer.add(this, (this.#newest?.atMs ?? 0) + FRAME_MS);
			else this.#pacer.delete(this);
		}
		if (!this.available) for (const reader of [...this.#readers]) reader.end('not_available');
	}
}
