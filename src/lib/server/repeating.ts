/** Work that is done again and again; `stop` waits for what is under way. */
export type Repeating = { start(): void; stop(): Promise<void> };

/**
 * Does `work` over and over, the next time counted from the end of the one before, so that slow work never
 * runs beside itself. What it throws goes to `failed`, and it is tried again when its time comes.
 *
 * @param everyMs wait between two; a function where it differs
 * @param firstMs wait before the first, `everyMs` unless said otherwise
 */
export function repeating(
	work: () => Promise<unknown>,
	{
		everyMs,
		firstMs,
		failed
	}: { everyMs: number | (() => number); firstMs?: number; failed: (error: unknown) => void }
): Repeating {
	let timer: NodeJS.Timeout | undefined;
	let underWay: Promise<unknown> = Promise.resolve();
	let stopped = false;
	const waitMs = typeof everyMs === 'number' ? () => everyMs : everyMs;

	function after(ms: number): void {
		timer = setTimeout(() => {
			underWay = work()
				.catch(failed)
				.then(() => {
					if (!stopped) after(waitMs());
				});
		}, ms);
		// Nothing of this keeps a process alive by itself.
		timer.unref();
	}

	return {
		start: () => after(firstMs ?? waitMs()),
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await underWay;
		}
	};
}
