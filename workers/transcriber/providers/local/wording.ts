/** Faster than anybody interprets; a recogniser that says more has begun to repeat itself. */
const WORDS_PER_SECOND_MAX = 5;
const LOOP_WORDS_MIN = 2;

/**
 * Small recognisers, given too little sound, say a phrase over and over. Where there are more words than
 * anybody could have spoken in that time, phrases said twice in a row are said once.
 *
 * @param seconds length of the sound the text was made of
 */
export function withoutLoops(text: string, seconds: number): string {
	let words = text.split(/\s+/).filter((word) => word !== '');
	if (words.length <= Math.max(4, seconds * WORDS_PER_SECOND_MAX)) return text;
	for (let length = Math.floor(words.length / 2); length >= LOOP_WORDS_MIN; length--)
		words = collapsed(words, length);
	return words.join(' ');
}

function collapsed(words: readonly string[], length: number): string[] {
	const kept: string[] = [];
	for (let at = 0; at < words.length;) {
		const phrase = words.slice(at, at + length);
		let next = at + length;
		while (phrase.length === length && same(phrase, words.slice(next, next + length)))
			next += length;
		if (next > at + length) {
			kept.push(...phrase);
			at = next;
		} else kept.push(...words.slice(at, ++at));
	}
	return kept;
}

function same(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((word, index) => plain(word) === plain(b[index] ?? ''));
}

/** Some models describe what they hear that is no speech: `[BLANK_AUDIO]`, `(music)`, `♪`. */
export function withoutDescriptions(text: string): string {
	return text
		.replace(/\[[^\]]*\]|\([^)]*\)|[♪♫]+|<\|[^|]*\|>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
}

/**
 * A stretch that was cut out of running speech, without the capital that recognisers begin everything with,
 * when the stretch before it had not ended its sentence.
 */
export function continued(before: string, text: string): string {
	if (before === '' || /[.!?…。！？]["'”’)]*$/u.test(before)) return text;
	// A lone capital or one with others behind it is meant: I, I'm, UNESCO.
	return /^\p{Lu}\p{Ll}/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** What recognisers trained on films and talks say when they hear no speech at all. */
const STOCK_PHRASES = new Set(
	[
		'thank you',
		'thank you very much',
		'thank you for watching',
		'thanks for watching',
		'please subscribe',
		'bye',
		'you',
		'okay',
		'subtitles by the amara.org community'
	].map(plain)
);
/** Nobody says one more slowly than this; the quiet before and after it is in the sound too. */
const SECONDS_PER_WORD_MAX = 0.4;
const QUIET_SECONDS = 1.5;

/** The text, or nothing when it is only a stock phrase that fills far too much sound to have been spoken. */
export function withoutStockPhrases(text: string, seconds: number): string {
	// A click or a plucked string; hardly anybody ever says this and nothing else.
	if (plain(text) === 'you') return '';
	const wordCount = text.split(/\s+/).length;
	if (seconds <= QUIET_SECONDS + wordCount * SECONDS_PER_WORD_MAX) return text;
	const sentences = text.split(/(?<=[.!?])\s+/);
	return sentences.every((sentence) => STOCK_PHRASES.has(plain(sentence))) ? '' : text;
}

function plain(text: string): string {
	return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
