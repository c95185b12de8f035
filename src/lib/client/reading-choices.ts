/** How somebody likes to read captions; remembered for all events on this phone. */
export type ReadingChoices = {
	/** Times the page's own size. */
	readonly size: number;
	/** The page's colours, or the other way round: bright on dark where the page is dark on bright. */
	readonly contrast: 'page' | 'reversed';
	/** Wider letters, words and lines, which help many people with dyslexia (WCAG 1.4.12). */
	readonly spaced: boolean;
};

export const SIZES = [1, 1.25, 1.5, 2, 2.5, 3] as const;
const FIRST: ReadingChoices = { size: 1.25, contrast: 'page', spaced: false };
const KEY = 'voxbento.listen.reading';

export function recallReading(): ReadingChoices {
	try {
		const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<ReadingChoices>;
		const { size, contrast } = stored;
		return {
			size: SIZES.find((one) => one === size) ?? FIRST.size,
			contrast: contrast === 'reversed' ? contrast : 'page',
			spaced: stored.spaced === true
		};
	} catch {
		return FIRST;
	}
}

export function rememberReading(choices: ReadingChoices): void {
	try {
		localStorage.setItem(KEY, JSON.stringify(choices));
	} catch {
		// Storage is off: the next visit starts afresh.
	}
}
