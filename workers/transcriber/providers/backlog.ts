import { BYTES_PER_SAMPLE } from '../pcm.ts';
import { BACKLOG_MS } from './provider.ts';

/** A stretch of sound with epoch ms of when it was heard, or a pause of the speaker. */
export type Waiting = { readonly item: Buffer | 'pause'; readonly at: number };

/** Sound and pauses that wait for a provider to be ready; the oldest goes when it gets too long. */
export class Backlog {
	#waiting: Waiting[] = [];
	#bytes = 0;
	readonly #limitBytes: number;

	constructor(rateHz: number) {
		this.#limitBytes = (BACKLOG_MS / 1000) * rateHz * BYTES_PER_SAMPLE;
	}

	add(item: Buffer | 'pause', at = 0): void {
		this.#waiting.push({ item, at });
		if (item !== 'pause') this.#bytes += item.length;
		while (this.#bytes > this.#limitBytes) {
			const oldest = this.#waiting.shift()?.item;
			if (oldest !== undefined && oldest !== 'pause') this.#bytes -= oldest.length;
		}
	}

	/** Everything in order; it is empty afterwards. */
	take(): readonly Waiting[] {
		const waiting = this.#waiting;
		this.#waiting = [];
		this.#bytes = 0;
		return waiting;
	}
}
