/**
 * How text is put together and taken apart in any script: which writes words without spaces between them,
 * where a space belongs, how wide a text is on a screen.
 */

/** Scripts that put no spaces between words, with their own punctuation and full-width forms. */
const UNSPACED =
	'\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}\\uff01-\\uff60';
/** Drawn twice as wide as a Latin letter; Thai, Lao, Khmer and Burmese letters are not. */
const WIDE = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\uff01-\uff60]/u;

const TOKEN = new RegExp(`\\s*(?:[${UNSPACED}]\\p{M}*|[^\\s${UNSPACED}]+)`, 'gu');
const ENDS_UNSPACED = new RegExp(`[${UNSPACED}]\\p{M}*$`, 'u');
const STARTS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
const STARTS_CLOSING = /^[.,!?;:%…)\]}»”’'،؛؟।]/u;
const ENDS_OPENING = /[([{«“¿¡]$/u;
/** French sets these apart with a (narrow) no-break space, so a space before them is right. */
const FRENCH_APART = /^[!?;:»]/u;

// Control characters, byte order marks, and marks that turn the direction of text around them.
const UNWANTED = /[^\P{Cc}\t\r\n]|[\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Provider text in one form (NFC), without control characters, doubled spaces and doubled commas. */
export function tidy(text: string): string {
	return text
		.normalize('NFC')
		.replace(UNWANTED, '')
		.replace(/([,;:、，])\1+/g, '$1')
		.replace(/[ \t\r\n]+/g, ' ')
		.trim();
}

/**
 * The text in pieces that are compared and counted: a word, or one character where words have no spaces
 * between them. Each keeps the space before it, so that joining them with nothing gives the text back.
 */
export function tokens(text: string): string[] {
	return text.match(TOKEN) ?? [];
}

/** Two stretches of speech as one text, with a space between them where their script wants one. */
export function joined(before: string, after: string, language: string): string {
	if (before === '' || after === '') return before + after;
	return before + separator(before, after, language) + after;
}

function separator(before: string, after: string, language: string): '' | ' ' {
	if (/^\s/u.test(after) || /\s$/u.test(before)) return '';
	if (ENDS_UNSPACED.test(before) || STARTS_UNSPACED.test(after)) return '';
	if (ENDS_OPENING.test(before)) return '';
	if (!STARTS_CLOSING.test(after)) return ' ';
	return /^fr(-|$)/i.test(language) && FRENCH_APART.test(after) ? ' ' : '';
}

/** Columns the text takes, a wide character counted as two: 42 fill a subtitle line. */
export function width(text: string): number {
	let columns = 0;
	for (const character of text)
		columns += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
	return columns;
}

/** A word without case and punctuation: two hypotheses that differ in those alone say the same. */
export function bare(token: string): string {
	return token.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
}

/**
 * Offsets in `text` at which it may be cut without cutting a word, rising, without 0 and the end.
 * Where words have no spaces the segmenter's dictionary tells them apart.
 */
export function wordBoundaries(text: string, language: string): number[] {
	const boundaries: number[] = [];
	const unspaced = new RegExp(`[${UNSPACED}]`, 'u');
	if (!unspaced.test(text)) {
		for (const match of text.matchAll(/\s+/gu)) boundaries.push(match.index);
		return boundaries.filter((at) => at > 0);
	}
	for (const { index } of segmenter(language).segment(text)) {
		const after = text.slice(index);
		if (index > 0 && !STARTS_CLOSING.test(after) && !/^[\p{P}\s]/u.test(after))
			boundaries.push(index);
	}
	return boundaries;
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenter(language: string): Intl.Segmenter {
	let found = segmenters.get(language);
	if (found === undefined) {
		const known = language !== 'floor' && Intl.Segmenter.supportedLocalesOf(language).length > 0;
		found = new Intl.Segmenter(known ? language : undefined, { granularity: 'word' });
		segmenters.set(language, found);
	}
	return found;
}
