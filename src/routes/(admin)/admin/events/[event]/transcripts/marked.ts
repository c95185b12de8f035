/** The text in pieces, those that are words of the search among them; together they are the text again. */
export function marked(text: string, query: string): { text: string; hit: boolean }[] {
	const words = query
		.normalize('NFC')
		.split(/\s+/u)
		.filter((word) => word !== '')
		.sort((a, b) => b.length - a.length)
		.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	if (words.length === 0) return [{ text, hit: false }];
	// Capturing, so that every second piece is a hit.
	return text
		.split(new RegExp(`(${words.join('|')})`, 'giu'))
		.map((piece, index) => ({ text: piece, hit: index % 2 === 1 }))
		.filter((piece) => piece.text !== '');
}
