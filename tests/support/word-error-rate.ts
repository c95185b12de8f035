/** Words without case and punctuation. */
export function words(text: string): string[] {
	return text
		.toLowerCase()
		.replace(/['’]/g, '')
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '');
}

/** Word error rate: the fewest replaced, missing and added words, per word that was spoken. */
export function wordErrorRate(spoken: string, recognised: string): number {
	return errorRate(words(spoken), words(recognised), false);
}

/** Of the stretch of `recognised` that fits best: what stands before and after it is not looked at. */
export function bestMatchErrorRate(spoken: string, recognised: string): number {
	return errorRate(words(spoken), words(recognised), true);
}

/** Levenshtein's distance over words; `within`: the second may go on at both ends. */
function errorRate(a: readonly string[], b: readonly string[], within: boolean): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => (within ? 0 : index));
	a.forEach((word, i) => {
		const next = [i + 1];
		b.forEach((other, j) => {
			const replaced = (row[j] ?? 0) + (word === other ? 0 : 1);
			next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
		});
		row = next;
	});
	const errors = within ? Math.min(...row) : (row.at(-1) ?? 0);
	return errors / Math.max(1, a.length);
}
