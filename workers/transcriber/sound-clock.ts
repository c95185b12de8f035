import { pcmMs, samplesToMs } from './pcm.ts';

/**
 * When sound that comes through a pipe in bursts was heard. Its length is counted, because a burst says
 * nothing; only when the count and the clock of the wall part by more than a second (sound was missing, or
 * ffmpeg started in the past) the count begins anew.
 */
export class SoundClock {
	#startedAt: number | null = null;
	#samples = 0;
	readonly #rateHz: number;

	constructor(rateHz: number) {
		this.#rateHz = rateHz;
	}

	/**
	 * @param now epoch ms at which the sound came out of the pipe
	 * @returns epoch ms at which its first sample was heard
	 */
	at(pcm: Buffer, now: number): number {
		const expected = this.#expected();
		const arrived = now - pcmMs(pcm, this.#rateHz);
		if (expected === null || Math.abs(arrived - expected) > DRIFT_MAX_MS) {
			this.#startedAt = arrived;
			this.#samples = 0;
		}
		const at = this.#expected() ?? arrived;
		this.#samples += pcm.length / 2;
		return Math.round(at);
	}

	#expected(): number | null {
		if (this.#startedAt === null) return null;
		return this.#startedAt + samplesToMs(this.#samples, this.#rateHz);
	}
}

const DRIFT_MAX_MS = 1_000;

/**
 * From a provider's time (ms of sound sent to it) to when that was heard. The two part wherever silence was
 * held back, so each stretch of sound is noted with both.
 */
export class SentClock {
	readonly #stretches: { sentMs: number; at: number }[] = [];
	#sentMs = 0;
	#headAt = 0;

	/** Notes sound sent to the provider that was heard at `at`. */
	sent(ms: number, at: number): void {
		const last = this.#stretches.at(-1);
		const expected = last === undefined ? null : last.at + this.#sentMs - last.sentMs;
		if (expected === null || Math.abs(at - expected) > STRETCH_GAP_MS) {
			this.#stretches.push({ sentMs: this.#sentMs, at });
			// Providers speak of the last minutes only.
			if (this.#stretches.length > STRETCHES_MAX) this.#stretches.shift();
		}
		this.#sentMs += ms;
		this.#headAt = at + ms;
	}

	/** When the newest sound sent was heard. */
	get headAt(): number {
		return Math.round(this.#headAt);
	}

	heardAt(sentMs: number): number {
		let stretch = this.#stretches[0];
		for (const candidate of this.#stretches) if (candidate.sentMs <= sentMs) stretch = candidate;
		if (stretch === undefined) return this.headAt;
		return Math.round(Math.min(stretch.at + (sentMs - stretch.sentMs), this.#headAt));
	}
}

const STRETCH_GAP_MS = 100;
const STRETCHES_MAX = 500;
