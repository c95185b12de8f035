/** Longer behind than this (the machine slept), the missed turns are left out instead of made up for. */
const CATCH_UP_MAX_MS = 500;

/**
 * Calls `turn` with 0, 1, 2 … every `everyMs`, measured on the clock and not by adding up timers, so that it
 * neither drifts nor bunches up.
 *
 * @returns a function that ends it
 */
export function pace(everyMs: number, turn: (count: number) => void): () => void {
	let timer: NodeJS.Timeout | undefined;
	let startedAt = performance.now();
	let count = 0;
	const due = (): number => startedAt + count * everyMs - performance.now();
	const run = (): void => {
		if (due() < -CATCH_UP_MAX_MS) startedAt = performance.now() - count * everyMs;
		while (due() <= 0) turn(count++);
		timer = setTimeout(run, due());
	};
	run();
	return () => clearTimeout(timer);
}
