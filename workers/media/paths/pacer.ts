import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { guard } from '../guard.ts';
import { FRAME_MS } from '../rtp/opus.ts';

/** After a pause longer than this the pacer goes on from now instead of catching up. */
const MAX_CATCH_UP_MS = 5 * FRAME_MS;

/** Something that has a frame to send every 20 ms. */
export interface Paced {
	/** `dueMs`: when the frame was due, evenly spaced, by `performance.now()`. */
	tick(dueMs: number): void;
}

/** The part of it that a paced thing uses. */
export type PacerOf<T> = {
	add(paced: T, firstDueMs: number): void;
	delete(paced: T): void;
};

/**
 * Ticks every 20 ms by a steady clock: each wait is measured from the start, so that neither late timers
 * nor long ticks add up. Sleeps while nobody needs it.
 */
export class Pacer implements PacerOf<Paced> {
	readonly #paced = new Set<Paced>();
	readonly #tick: (paced: Paced, dueMs: number) => void;
	#timer: NodeJS.Timeout | null = null;
	#dueMs = 0;

	constructor(log: Logger) {
		this.#tick = guard(log, 'tick', (paced, dueMs) => paced.tick(dueMs));
	}

	/** Who comes first sets the beat, from `firstDueMs` or now; who comes later falls in with it. */
	add(paced: Paced, firstDueMs: number): void {
		this.#paced.add(paced);
		if (this.#timer !== null) return;
		this.#dueMs = Math.max(performance.now(), firstDueMs);
		this.#wait();
	}

	delete(paced: Paced): void {
		this.#paced.delete(paced);
		if (this.#paced.size === 0) this.stop();
	}

	stop(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#wait(): void {
		this.#timer = setTimeout(() => this.#run(), Math.max(1, this.#dueMs - performance.now()));
	}

	#run(): void {
		const now = performance.now();
		if (now - this.#dueMs > MAX_CATCH_UP_MS) this.#dueMs = now;
		while (this.#dueMs <= now) {
			for (const paced of [...this.#paced]) this.#tick(paced, this.#dueMs);
			this.#dueMs += FRAME_MS;
		}
		if (this.#timer !== null) this.#wait();
	}
}
