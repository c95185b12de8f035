/** What a wait answers that was too long. */
export const LATE = Symbol('late');

/** The outcome of `work`, or `LATE` after `ms`; the work itself goes on. */
export async function patience<T>(work: Promise<T>, ms: number): Promise<T | typeof LATE> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<typeof LATE>((resolve) => {
		timer = setTimeout(() => resolve(LATE), Math.max(0, ms));
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}

/** Work that has an answer, and may hold its place in the queue for longer than the answer took. */
export type Work<T> = { readonly answer: Promise<T>; readonly ended: Promise<unknown> };

/**
 * One queue per key: work begins when the work before it has ended.
 *
 * @returns `LATE` when the turn did not come within `waitMs`; the work is then never begun
 */
export function createTurns<K>() {
	const lastOf = new Map<K, Promise<unknown>>();
	return async function inTurn<T>(
		key: K,
		waitMs: number,
		begin: () => Work<T>
	): Promise<T | typeof LATE> {
		const before = lastOf.get(key) ?? Promise.resolve();
		let work: Work<T> | undefined;
		let isGivenUp = false;
		const ended = before.then(async () => {
			if (isGivenUp) return;
			work = begin();
			await work.ended.catch(() => undefined);
		});
		const begun = before.then<T | typeof LATE>(() => work?.answer ?? LATE);
		lastOf.set(key, ended);
		void ended.then(() => lastOf.get(key) === ended && lastOf.delete(key));
		if ((await patience(before, waitMs)) === LATE) {
			isGivenUp = true;
			begun.catch(() => undefined);
			return LATE;
		}
		return begun;
	};
}
