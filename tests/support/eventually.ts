/**
 * Asks again until the answer is there: for what another process knows and tells nobody by itself.
 *
 * @param ask throws or gives `undefined` / `false` while it is not so yet
 * @throws the last thing `ask` threw, or a sentence with `what`, after `withinMs`
 */
export async function eventually<T>(
	what: string,
	ask: () => Promise<T> | T,
	{ withinMs = 5_000, everyMs = 40 }: { withinMs?: number; everyMs?: number } = {}
): Promise<Exclude<T, undefined | false>> {
	const until = Date.now() + withinMs;
	let last: unknown;
	do {
		try {
			const answer = await ask();
			if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
			last = undefined;
		} catch (error) {
			last = error;
		}
		await new Promise((resolve) => setTimeout(resolve, everyMs));
	} while (Date.now() < until);
	throw new Error(`not within ${withinMs} ms: ${what}`, { cause: last });
}
