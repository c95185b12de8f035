import { cutPlace } from './cut.ts';
import { tidy, width, wordBoundaries } from './writing.ts';

/**
 * Stored captions as subtitles of a recording: lines that fit a screen, shown long enough to be read, never two
 * at once. Figures as subtitlers use them (42 columns, two lines, 17 characters a second).
 */

/** A stored caption, or its translation, as it goes into a file. Times are epoch ms. */
export type SpokenSegment = {
	readonly seq: number;
	readonly text: string;
	readonly startedAt: number;
	readonly endedAt: number;
	readonly speaker: string | null;
};

/** One picture of a subtitle. Times in ms from the zero of the file. */
export type Cue = {
	/** Of the segment it shows; a long segment fills several cues. */
	readonly seq: number;
	readonly startMs: number;
	readonly endMs: number;
	readonly speaker: string | null;
	readonly lines: readonly string[];
};

export const LINE_COLUMNS = 42;
export const LINES_MAX = 2;
/** Nothing is shown for a shorter time, or the eye misses it. */
export const CUE_MIN_MS = 700;
const READING_COLUMNS_PER_S = 17;
/** How much longer than it was spoken a caption may stay for slow readers. */
const LINGER_MAX_MS = 2_500;

/**
 * The cues of one channel, in the order they were spoken and without overlap. What was said before `zeroAt`
 * belongs to no recording that begins there and is left out.
 *
 * @param zeroAt epoch ms of the file's 00:00:00
 * @param named whether the name of a new speaker stands before the text (formats without a place for it)
 */
export function cuesOf(
	segments: readonly SpokenSegment[],
	{ language, zeroAt, named }: { language: string; zeroAt: number; named: boolean }
): Cue[] {
	const spoken = segments.filter(({ endedAt }) => endedAt > zeroAt).sort(bySpeech);
	const cues: Cue[] = [];
	let freeAtMs = 0;
	let speaker: string | null = null;
	spoken.forEach((segment, index) => {
		const isNew = named && segment.speaker !== null && segment.speaker !== speaker;
		speaker = segment.speaker;
		const text = tidy(isNew ? `${segment.speaker}: ${segment.text}` : segment.text);
		const pictures = picturesOf(text, language);
		if (pictures.length === 0) return;
		const next = spoken[index + 1];
		const startMs = Math.max(segment.startedAt - zeroAt, freeAtMs);
		const readMs = (width(text) / READING_COLUMNS_PER_S) * 1000;
		const spokenUntilMs = Math.max(segment.endedAt - zeroAt, startMs);
		const wishedMs = Math.max(
			spokenUntilMs,
			Math.min(startMs + readMs, spokenUntilMs + LINGER_MAX_MS)
		);
		const endMs = Math.round(
			Math.max(
				startMs + CUE_MIN_MS * pictures.length,
				Math.min(wishedMs, next === undefined ? Infinity : next.startedAt - zeroAt)
			)
		);
		cues.push(...shared(segment, pictures, startMs, endMs));
		freeAtMs = endMs;
	});
	return cues;
}

/** By when it was said; of captions said at once, as they were stored. */
export function bySpeech(a: SpokenSegment, b: SpokenSegment): number {
	return a.startedAt - b.startedAt || a.seq - b.seq;
}

/** The time of a segment, shared by its pictures as their text is long, each at least CUE_MIN_MS. */
function shared(
	{ seq, speaker }: SpokenSegment,
	pictures: readonly (readonly string[])[],
	startMs: number,
	endMs: number
): Cue[] {
	const sizes = pictures.map((lines) => Math.max(1, width(lines.join(' '))));
	const total = sizes.reduce((sum, size) => sum + size, 0);
	const spareMs = endMs - startMs - CUE_MIN_MS * pictures.length;
	let at = startMs;
	return pictures.map((lines, index) => {
		const isLast = index === pictures.length - 1;
		const partMs = CUE_MIN_MS + Math.floor((spareMs * (sizes[index] ?? 1)) / total);
		const cue = { seq, speaker, lines, startMs: at, endMs: isLast ? endMs : at + partMs };
		at = cue.endMs;
		return cue;
	});
}

/** The text in pictures of at most two lines, cut where it reads best. */
export function picturesOf(text: string, language: string): string[][] {
	const pictures: string[][] = [];
	let rest = text.trim();
	while (rest !== '') {
		const lines = linesOf(rest, language);
		if (lines !== null) return [...pictures, lines];
		const { taken, left } = firstPicture(rest, language);
		pictures.push(taken);
		rest = left;
	}
	return pictures;
}

/** How much to try to put into one picture, most first; words are long in some languages. */
const TRIED_COLUMNS = [84, 76, 68, 60, 52, LINE_COLUMNS];

function firstPicture(text: string, language: string): { taken: string[]; left: string } {
	for (const hardWidth of TRIED_COLUMNS) {
		const limits = { softWidth: hardWidth, hardWidth, minWidth: 24, maxDurationMs: Infinity };
		const place = cutPlace(text, { language, limits });
		if (place === null || place === 0) continue;
		const taken = linesOf(text.slice(0, place).trim(), language);
		if (taken !== null) return { taken, left: text.slice(place).trim() };
	}
	// A single character wider than a line does not exist; this keeps the loop finite whatever comes.
	const [first = ''] = text;
	return { taken: [first], left: text.slice(first.length).trim() };
}

/** One line if it fits, else the two most alike in length; null when two are not enough. */
function linesOf(text: string, language: string): string[] | null {
	if (width(text) <= LINE_COLUMNS) return [text];
	if (width(text) > LINE_COLUMNS * LINES_MAX + 1) return null;
	let best: string[] | null = null;
	let bestColumns = Infinity;
	for (const at of wordBoundaries(text, language)) {
		const lines = [text.slice(0, at).trim(), text.slice(at).trim()];
		const columns = Math.max(...lines.map(width));
		// Of equals the later one: a longer first line reads more quietly.
		if (columns > LINE_COLUMNS || columns > bestColumns || lines.includes('')) continue;
		best = lines;
		bestColumns = columns;
	}
	return best;
}
