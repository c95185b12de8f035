/**
 * A function that hides listed words: the first letter stays, the rest becomes asterisks, so the length and
 * all other text stay as they are. Words match whole and in any case; in scripts without spaces wherever they
 * stand.
 *
 * @param words the organiser's list, in any language; an empty list hides nothing
 */
export function wordMask(words: readonly string[]): (text: string) => string {
	const listed = words.map((word) => word.normalize('NFC').trim()).filter((word) => word !== '');
	if (listed.length === 0) return (text) => text;
	// The longest first: of "ass" and "asshole" the whole word must win.
	const alternatives = listed.sort((a, b) => b.length - a.length).map(whole);
	const pattern = new RegExp(alternatives.join('|'), 'giu');
	return (text) => text.replace(pattern, starred);
}

function whole(word: string): string {
	const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	if (
		/[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}]/u.test(word)
	)
		return escaped;
	return `(?<![\\p{L}\\p{M}\\p{N}])${escaped}(?![\\p{L}\\p{M}\\p{N}])`;
}

function starred(found: string): string {
	const [first = '', ...rest] = found;
	return first + rest.map((character) => (/\s/.test(character) ? character : '*')).join('');
}
