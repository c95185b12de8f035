import { BYTES_PER_SAMPLE } from '../pcm.ts';
import { BACKLOG_MS } from './provider.ts';

/** Sound and pauses that wait for a provider to be ready; the oldest goes when it gets too long. */
export class Backlog {
	#items: (Buffer | 'pause')[] = [];
	#bytes = 0;
	readonly #limitBytes: number;

	constructor(rateHz: number) {
		this.#limitBytes = (BACKLOG_MS / 1000) * rateHz * BYTES_PER_SAMPLE;
	}

	add(item: Buffer | 'pause'): void {
		this.#items.push(item);
		if (item !== 'pause') this.#bytes += item.length;
		while (this.#bytes > this.#limitBytes) {
			const oldest = this.#items.shift();
			if (oldest !== undefined && oldest !== 'pause') this.#bytes -= oldest.length;
		}
	}

	/** Everything in order; it is empty afterwards. */
	take(): readonly (Buffer | 'pause')[] {
		const items = this.#items;
		this.#items = [];
		this.#bytes = 0;
		return items;
	}
}
