import { BYTES_PER_SAMPLE, pcmMs, rootMeanSquare, samplesToMs, toFloats } from '../pcm.ts';

/** A stretch of speech; times in ms of the stream it was cut from. */
export type Segment = {
	readonly pcm: Buffer;
	readonly startedAt: number;
	readonly endedAt: number;
};

const CUT_WITHIN_MS = 2_000;
const CUT_STEP_MS = 20;
const CUT_QUIET_MS = 100;

/**
 * Cuts a stream into stretches for recognisers that take whole ones: at the speaker's pauses, and where speech
 * goes on for longer than the recogniser takes, at the quietest moment near the limit.
 */
export class Segments {
	#pcm: Buffer = Buffer.alloc(0);
	#startedAtMs = 0;
	readonly #rateHz: number;
	readonly #maxMs: number;

	constructor(rateHz: number, maxMs: number) {
		this.#rateHz = rateHz;
		this.#maxMs = maxMs;
	}

	/** The stretch as far as it has grown. */
	get growing(): Segment {
		return this.#segment(this.#pcm);
	}

	/** Adds sound; gives the stretch back that has become as long as it may be. */
	add(pcm: Buffer): Segment | null {
		this.#pcm = Buffer.concat([this.#pcm, pcm]);
		if (pcmMs(this.#pcm, this.#rateHz) < this.#maxMs) return null;
		return this.#take(this.#quietestByte());
	}

	/** The speaker paused: gives back what there is. */
	take(): Segment | null {
		return this.#pcm.length === 0 ? null : this.#take(this.#pcm.length);
	}

	#take(bytes: number): Segment {
		const segment = this.#segment(this.#pcm.subarray(0, bytes));
		this.#pcm = Buffer.from(this.#pcm.subarray(bytes));
		this.#startedAtMs = segment.endedAt;
		return segment;
	}

	#segment(pcm: Buffer): Segment {
		const startedAt = this.#startedAtMs;
		return { pcm, startedAt, endedAt: startedAt + pcmMs(pcm, this.#rateHz) };
	}

	/** Between two words there is a dip of a tenth of a second or so; the deepest one is taken. */
	#quietestByte(): number {
		const samples = toFloats(this.#pcm);
		const perMs = samples.length / samplesToMs(samples.length, this.#rateHz);
		const window = Math.round(CUT_QUIET_MS * perMs);
		const step = Math.round(CUT_STEP_MS * perMs);
		let best = { at: samples.length, loudness: Infinity };
		const from = Math.max(0, samples.length - Math.round(CUT_WITHIN_MS * perMs));
		for (let at = from; at + window <= samples.length; at += step) {
			const loudness = rootMeanSquare(samples.subarray(at, at + window));
			if (loudness < best.loudness) best = { at: at + Math.round(window / 2), loudness };
		}
		return best.at * BYTES_PER_SAMPLE;
	}
}
