import { OPUS_CLOCK_HZ } from './opus.ts';

const SAMPLES_PER_MS = OPUS_CLOCK_HZ / 1000;
/** Share of the difference taken up per packet: about 2 s at 50 packets a second. */
const FOLLOW = 0.01;

/**
 * Which timestamp belongs to this moment, for sender reports. Packets arrive late now and then, never
 * early, so the least delayed ones say the truth; drift and jumps of the line are followed slowly.
 */
export class SenderClock {
	#offsetMs: number | null = null;

	packet(timestamp: number, nowMs: number): void {
		const offset = nowMs - timestamp / SAMPLES_PER_MS;
		if (this.#offsetMs === null || offset < this.#offsetMs) this.#offsetMs = offset;
		else this.#offsetMs += (offset - this.#offsetMs) * FOLLOW;
	}

	/** Null before the first packet. Not wrapped. */
	timestampAt(nowMs: number): number | null {
		return this.#offsetMs === null ? null : Math.round((nowMs - this.#offsetMs) * SAMPLES_PER_MS);
	}
}
