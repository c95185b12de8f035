import { bare } from './writing.ts';

/**
 * What a reader should see after a new guess: added words at once, a change of words already on the screen
 * only when two guesses running agree on it. Providers take back a word and bring it again within a moment;
 * without this the line jumps.
 *
 * @param shown tokens on the screen
 * @param before tokens of the guess before this one
 * @param now tokens of this guess
 */
export function steadied(
	shown: readonly string[],
	before: readonly string[],
	now: readonly string[]
): readonly string[] {
	const same = commonPrefix(shown, now);
	if (same === shown.length) return now;
	return before[same] === now[same] ? now : shown;
}

/** How many tokens two guesses share from their start. */
export function commonPrefix(a: readonly string[], b: readonly string[]): number {
	let count = 0;
	while (count < a.length && count < b.length && a[count] === b[count]) count++;
	return count;
}

const ALIGNED_TOKENS_MAX = 120;

/**
 * How many tokens of `now` say what was already `taken` from earlier guesses of the same stretch. A provider
 * may have rewritten them meanwhile ("twenty one" → "21"), so this is the prefix of `now` with the smallest
 * edit distance to them, not their number.
 */
export function alreadyTaken(taken: readonly string[], now: readonly string[]): number {
	// In a very long stretch the far past is counted, the last part compared.
	const skipped = Math.min(Math.max(0, taken.length - ALIGNED_TOKENS_MAX), now.length);
	const a = taken.slice(skipped).map(bare);
	const b = now.slice(skipped, skipped + a.length * 2 + 8).map(bare);
	let row = b.reduce<number[]>((costs, _, index) => [...costs, index + 1], [0]);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	let best = 0;
	row.forEach((cost, length) => {
		const bestCost = row[best] ?? Infinity;
		const closer = Math.abs(length - a.length) < Math.abs(best - a.length);
		if (cost < bestCost || (cost === bestCost && closer)) best = length;
	});
	return skipped + best;
}
