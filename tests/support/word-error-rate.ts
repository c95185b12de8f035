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
	const a = words(spoken);
	const b = words(recognised);
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	a.forEach((word, i) => {
		const next = [i + 1];
		b.forEach((other, j) => {
			const replaced = (row[j] ?? 0) + (word === other ? 0 : 1);
			next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
		});
		row = next;
	});
	return (row.at(-1) ?? 0) / Math.max(1, a.length);
}
