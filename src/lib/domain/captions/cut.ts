import { clauseEnds, sentenceEnds } from './sentences.ts';
import { width, wordBoundaries } from './writing.ts';

/** Sizes are in columns of a subtitle line (`width`), not characters. */
export type CutLimits = {
	/** A complete sentence of this size becomes a caption without waiting for the speaker's pause. */
	readonly softWidth: number;
	/** No caption is wider. */
	readonly hardWidth: number;
	/** A cut leaves no crumbs smaller than this. */
	readonly minWidth: number;
	/** No caption stays a guess for longer. */
	readonly maxDurationMs: number;
};

/**
 * Where a text that must be cut reads best: behind a sentence, else behind a comma, else between two words;
 * of equals the last one that fits. Null when no place leaves enough.
 */
export function cutPlace(
	text: string,
	{ language, limits }: { language: string; limits: CutLimits }
): number | null {
	const fits = (offset: number): boolean => {
		const columns = width(text.slice(0, offset).trimEnd());
		return columns >= limits.minWidth && columns <= limits.hardWidth;
	};
	for (const places of [
		sentenceEnds(text, language),
		clauseEnds(text),
		[...wordBoundaries(text, language), text.length]
	]) {
		const place = places.filter(fits).at(-1);
		if (place !== undefined) return place;
	}
	// One endless word: cut it where it fills the line, between two characters.
	if (width(text) <= limits.hardWidth) return null;
	let end = 0;
	for (const character of text) {
		if (width(text.slice(0, end + character.length)) > limits.hardWidth) break;
		end += character.length;
	}
	return end;
}
