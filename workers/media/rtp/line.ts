import { randomInt } from 'node:crypto';
import { FRAME_SAMPLES, OPUS_CLOCK_HZ } from './opus.ts';
import { SEQUENCE_MODULUS, TIMESTAMP_MODULUS, unwrap } from './unwrap.ts';

/** How far behind the newest a packet may be and still be sent on; well inside SRTP's replay window. */
export const REORDER_WINDOW = 512;
/** A wider step of sequence numbers is a restarted sender, not loss (RFC 3550 A.1, MAX_DROPOUT). */
const MAX_SEQUENCE_STEP = 3000;
/** How far a source's timestamps may run ahead of the clock before they are anchored anew. */
const MAX_LEAD_SAMPLES = 2 * OPUS_CLOCK_HZ;
/** From this much silence on the wire the line follows the clock instead of going on where it ended. */
const FOLLOW_CLOCK_AFTER_SAMPLES = OPUS_CLOCK_HZ / 10;

const SAMPLES_PER_MS = OPUS_CLOCK_HZ / 1000;

/**
 * A random number for a listener's first packet: low enough that one who misses it cannot take a wrap for
 * the beginning (RFC 3711 §3.3.1), high enough that a late packet before it is not below zero.
 */
export function firstSequence(): number {
	return randomInt(REORDER_WINDOW, 0x4000);
}

export type LinePosition = {
	/** Never twice on one line, never wrapped; write the low 16 bits. */
	readonly sequence: number;
	/** Never wrapped; write the low 32 bits. */
	readonly timestamp: number;
};

/** Where a source's own numbers lie on the line; made by `RtpLine.join`, meaningless on another line. */
export type LineSource = {
	newestSequence: number;
	newestTimestamp: number;
	/** The first packet that is this source's; what came before belongs to whoever was on the line then. */
	firstSequence: number;
	sequenceShift: number;
	timestampShift: number;
	anchored: boolean;
};

/**
 * The one unbroken line of sequence numbers and timestamps that a channel's listeners see, whoever
 * speaks. A source's own gaps and order stay visible, since a listener's jitter buffer conceals with
 * them; between sources the line goes on where it ended.
 *
 * A sequence number is given out once only: reusing one under SRTP would reuse its key stream.
 * Times are milliseconds of any steady clock, given by the caller.
 */
export class RtpLine {
	#newest: number;
	#timestamp: number;
	#durationSamples = FRAME_SAMPLES;
	#atMs: number | null = null;
	readonly #given = new Float64Array(REORDER_WINDOW).fill(-1);

	constructor(first: LinePosition) {
		this.#newest = first.sequence - 1;
		this.#timestamp = first.timestamp - FRAME_SAMPLES;
	}

	/** A new source; it is anchored by its first packet, whatever its numbers are. */
	join(): LineSource {
		return {
			newestSequence: 0,
			newestTimestamp: 0,
			firstSequence: 0,
			sequenceShift: 0,
			timestampShift: 0,
			anchored: false
		};
	}

	/** The next place for a packet that has no numbers of its own (silence). */
	append(durationSamples: number, nowMs: number): LinePosition {
		return this.#give(this.#newest + 1, this.#continuation(nowMs), durationSamples, nowMs);
	}

	/**
	 * The place of a source's packet, or null when it must not be sent: a duplicate, older than the
	 * window, or from before the source took over the line.
	 */
	place(
		source: LineSource,
		sequence: number,
		timestamp: number,
		durationSamples: number,
		nowMs: number
	): LinePosition | null {
		if (!source.anchored) return this.#anchor(source, sequence, timestamp, durationSamples, nowMs);

		const own = unwrap(sequence, source.newestSequence, SEQUENCE_MODULUS);
		const ownTime = unwrap(timestamp, source.newestTimestamp, TIMESTAMP_MODULUS);
		const step = own - source.newestSequence;
		if (Math.abs(step) > MAX_SEQUENCE_STEP)
			return this.#anchor(source, sequence, timestamp, durationSamples, nowMs);

		if (step > 0) {
			const elapsed = this.#atMs === null ? 0 : (nowMs - this.#atMs) * SAMPLES_PER_MS;
			const advance = ownTime - source.newestTimestamp;
			if (advance < 0 || advance > elapsed + MAX_LEAD_SAMPLES)
				source.timestampShift = this.#continuation(nowMs) - ownTime;
			source.newestSequence = own;
			source.newestTimestamp = ownTime;
		} else if (own < source.firstSequence) return null;

		const place = own + source.sequenceShift;
		if (place <= this.#newest - REORDER_WINDOW || this.#wasGiven(place)) return null;
		return this.#give(place, ownTime + source.timestampShift, durationSamples, nowMs);
	}

	/**
	 * Leaves out a packet that carries no sound (empty or padding only) so that it does not look lost.
	 * Only in order: otherwise the numbers after it are given out already.
	 */
	skip(source: LineSource, sequence: number): void {
		if (!source.anchored) return;
		const own = unwrap(sequence, source.newestSequence, SEQUENCE_MODULUS);
		if (own !== source.newestSequence + 1) return;
		source.newestSequence = own;
		source.sequenceShift -= 1;
	}

	/** The line's timestamp at this moment, for sender reports; null before the first packet. */
	timestampAt(nowMs: number): number | null {
		return this.#atMs === null ? null : this.#timestamp + (nowMs - this.#atMs) * SAMPLES_PER_MS;
	}

	#anchor(
		source: LineSource,
		sequence: number,
		timestamp: number,
		durationSamples: number,
		nowMs: number
	): LinePosition {
		// A base of one modulus keeps unwrapped numbers positive when early packets come late.
		const own = sequence + SEQUENCE_MODULUS;
		const ownTime = timestamp + TIMESTAMP_MODULUS;
		source.newestSequence = own;
		source.newestTimestamp = ownTime;
		source.firstSequence = own;
		source.sequenceShift = this.#newest + 1 - own;
		source.timestampShift = this.#continuation(nowMs) - ownTime;
		source.anchored = true;
		return this.#give(
			own + source.sequenceShift,
			ownTime + source.timestampShift,
			durationSamples,
			nowMs
		);
	}

	/** Where the line goes on: right after its end, or with the clock when nothing was sent for long. */
	#continuation(nowMs: number): number {
		const end = this.#timestamp + this.#durationSamples;
		if (this.#atMs === null) return end;
		const elapsed = Math.floor((nowMs - this.#atMs) * SAMPLES_PER_MS);
		const behind = this.#timestamp + elapsed - end;
		if (behind < FOLLOW_CLOCK_AFTER_SAMPLES) return end;
		return this.#timestamp + elapsed - (elapsed % FRAME_SAMPLES);
	}

	#wasGiven(sequence: number): boolean {
		return this.#given[sequence % REORDER_WINDOW] === sequence;
	}

	#give(sequence: number, timestamp: number, durationSamples: number, nowMs: number): LinePosition {
		this.#given[sequence % REORDER_WINDOW] = sequence;
		if (sequence > this.#newest) {
			this.#newest = sequence;
			this.#timestamp = timestamp;
			this.#durationSamples = durationSamples;
			this.#atMs = nowMs;
		}
		return { sequence, timestamp };
	}
}
