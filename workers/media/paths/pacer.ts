import { performance } from 'node:perf_hooks';
import { FRAME_MS } from '../rtp/opus.ts';

/** After a pause longer than this the pacer goes on from now instead of catching up. */
const MAX_CATCH_UP_MS = 5 * FRAME_MS;

/**
 * Calls `tick` every 20 ms by a steady clock: each wait is measured from the start, so that neither late
 * timers nor long ticks add up. `tick` gets the time it was due, which is evenly spaced.
 */
export function startPacer(tick: (dueMs: number) => void): { stop: () => void } {
	let due = performance.now() + FRAME_MS;
	let timer: NodeJS.Timeout;
	const run = () => {
		const now = performance.now();
		if (now - due > MAX_CATCH_UP_MS) due = now;
		while (due <= now) {
			tick(due);
			due += FRAME_MS;
		}
		timer = setTimeout(run, Math.max(1, due - performance.now()));
	};
	timer = setTimeout(run, FRAME_MS);
	return { stop: () => clearTimeout(timer) };
}
