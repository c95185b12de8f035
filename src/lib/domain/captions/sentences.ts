/**
 * Where sentences end, for cutting long speech at places that read well. Not a grammar: it must not cut
 * "3.5", "Dr. Rao" or "e.g. this", and a missed end costs nothing but a longer caption.
 */

/** Words that carry a full stop without ending a sentence, by language; `*` counts in all of them. */
const ABBREVIATIONS: Readonly<Record<string, readonly string[]>> = {
	'*': [
		'dr',
		'prof',
		'mr',
		'mrs',
		'ms',
		'st',
		'no',
		'vs',
		'etc',
		'e.g',
		'i.e',
		'jr',
		'sr',
		'inc',
		'ltd',
		'p.s'
	],
	de: [
		'bzw',
		'z.b',
		'd.h',
		'u.a',
		'ca',
		'nr',
		'hr',
		'fr',
		'str',
		'usw',
		'evtl',
		'ggf',
		'vgl',
		'abs'
	],
	es: ['sr', 'sra', 'ud', 'uds', 'dra', 'pág', 'núm'],
	fr: ['m', 'mm', 'mme', 'mlle', 'p.ex', 'c.-à-d', 'env'],
	it: ['sig', 'dott', 'pag', 'ecc'],
	nl: ['dhr', 'mevr', 'bijv', 'o.a', 'd.w.z'],
	pl: ['np', 'dr', 'tzn', 'itp', 'itd'],
	pt: ['sr', 'sra', 'dra', 'pág']
};

/** Languages that write ordinals as a number with a full stop ("am 3. Mai"). */
const DOTTED_ORDINALS = /^(cs|da|de|et|fi|hr|hu|is|lv|nb|nn|no|pl|sk|sl|sr|tr)(-|$)/i;

// Full-width and other scripts' marks end a sentence wherever they stand, Latin ones before a space only.
const END = /[。！？｡]+[」』）”’]*|[.!?…؟۔।॥።։]+["'”’»)\]]*(?=\s|$)/gu;
const CLAUSE = /[,;:—–،؛](?=\s)|[、，；：]/gu;

/** Offsets just behind each sentence that is complete, rising; the last may be the end of the text. */
export function sentenceEnds(text: string, language: string): number[] {
	const ends: number[] = [];
	for (const match of text.matchAll(END)) {
		const end = match.index + match[0].length;
		if (endsSentence(text, match.index, match[0], end, language)) ends.push(end);
	}
	return ends;
}

/** Offsets just behind each comma or the like: the second best place for a cut. */
export function clauseEnds(text: string): number[] {
	return [...text.matchAll(CLAUSE)].map((match) => match.index + match[0].length);
}

function endsSentence(
	text: string,
	at: number,
	mark: string,
	end: number,
	language: string
): boolean {
	const rest = text.slice(end).trimStart();
	// A small letter goes on with the sentence: "approx. three", "… and so on".
	if (/^[.…]/u.test(mark) && /^\p{Ll}/u.test(rest)) return false;
	if (!mark.startsWith('.') || mark.startsWith('..')) return true;
	const word =
		/\S+$/u
			.exec(text.slice(0, at))?.[0]
			.replace(/^["'“‘«([]+/u, '')
			.toLowerCase() ?? '';
	if (word === '') return false;
	if (/^\p{L}$/u.test(word) || /^(\p{L}\.)+\p{L}$/u.test(word))
		return rest === '' && word.length > 1;
	if (/^\d+$/.test(word) && DOTTED_ORDINALS.test(language)) return false;
	const primary = language.split('-')[0]?.toLowerCase() ?? '';
	return !(ABBREVIATIONS['*']?.includes(word) || ABBREVIATIONS[primary]?.includes(word));
}
