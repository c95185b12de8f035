/**
 * How loud a channel is, and how much of it is let through so that no channel is louder than another.
 *
 * Measured by the phone from what it received (`totalAudioEnergy` and `totalSamplesDuration` of W3C
 * webrtc-stats), so no audio graph stands in the path. Levels are dBFS of the root mean square while somebody
 * speaks: pauses are left out, as in ITU-R BS.1770's gate.
 */
export type Loudness = { readonly energy: number; readonly seconds: number };

/** Where speech is brought to; a plain audio element can only be turned down, so it is rather quiet. */
export const REFERENCE_DBFS = -23;
/** Nobody is made quieter than this to suit a channel that is quieter still. */
const LOWEST_REFERENCE_DBFS = -32;
/** Quieter than this is a pause. */
const PAUSE_DBFS = -50;
/** How much sound is remembered, seconds: a sentence or two, and a new speaker counts soon. */
const MEMORY_S = 6;
/** Less than this says nothing yet. */
const ENOUGH_S = 0.2;
/** For a channel not heard before: rather too quiet for a moment than a shock. */
const UNKNOWN_GAIN = 0.5;
const LOWEST_GAIN = 0.1;

export const NOTHING_HEARD: Loudness = { energy: 0, seconds: 0 };

/**
 * Takes in what was received since the last time.
 *
 * @param energy rise of `totalAudioEnergy`
 * @param seconds rise of `totalSamplesDuration`
 */
export function listenTo(before: Loudness, energy: number, seconds: number): Loudness {
	if (seconds <= 0 || dbfs(energy / seconds) < PAUSE_DBFS) return before;
	const kept = Math.max(0, 1 - seconds / MEMORY_S);
	return { energy: before.energy * kept + energy, seconds: before.seconds * kept + seconds };
}

/** dBFS, or null while too little was heard. */
export function levelOf({ energy, seconds }: Loudness): number | null {
	return seconds < ENOUGH_S ? null : dbfs(energy / seconds);
}

/**
 * The part of a channel's sound to let through, 0–1.
 *
 * @param level of the channel, dBFS; null while unknown
 * @param others levels of the channels it stands beside: all are brought to the quietest, within reason
 */
export function gainOf(level: number | null, others: readonly number[]): number {
	if (level === null) return UNKNOWN_GAIN;
	const quietest = Math.min(REFERENCE_DBFS, level, ...others);
	const reference = Math.max(LOWEST_REFERENCE_DBFS, quietest);
	return Math.min(1, Math.max(LOWEST_GAIN, 10 ** ((reference - level) / 20)));
}

/** @param power mean square of the samples */
function dbfs(power: number): number {
	return power <= 0 ? -Infinity : 10 * Math.log10(power);
}
