/**
 * Whether a text has all the words searched for, in any order and case, accents or not: who types on a phone in
 * a hall types `resume` for `résumé`.
 */
export function hasWords(text: string, search: string): boolean {
	const plain = fold(text);
	return fold(search)
		.split(/\s+/)
		.every((word) => plain.includes(word));
}

/** Without case and without marks (Unicode NFKD; the marks are category Mn). */
function fold(text: string): string {
	return text
		.normalize('NFKD')
		.replace(/\p{Mn}/gu, '')
		.toLowerCase();
}
