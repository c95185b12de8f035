/** Upper edge of the first window; short, since most breaks are over at once. */
const FIRST_WINDOW_MS = 300;
const LONGEST_WINDOW_MS = 8_000;

/**
 * How long to wait before trying again, in ms.
 *
 * Exponential windows with the wait drawn from the upper four fifths of each: a hall of phones that lost the
 * same server at the same moment comes back spread out, and nobody hammers a server that is down.
 *
 * @param failures attempts that failed in a row before this one, from 0
 * @param random from 0 to below 1, drawn by the caller
 */
export function retryDelayMs(failures: number, random: number): number {
	const window = Math.min(LONGEST_WINDOW_MS, FIRST_WINDOW_MS * 2 ** Math.max(0, failures));
	return Math.round(window * (0.2 + 0.8 * random));
}
