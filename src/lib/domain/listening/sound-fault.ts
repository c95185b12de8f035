/** What a phone measured of its line over the last seconds before somebody pressed "bad sound". */
export type SoundFigures = {
	/** Whether sound was arriving at that moment. */
	readonly flowing: boolean;
	/** Part of the packets that never came, 0–1. */
	readonly lost: number;
	/** Part of the sound that was made up for missing packets, 0–1. */
	readonly concealed: number;
	readonly jitterMs: number;
	/** To the media server and back; null while unknown. */
	readonly roundTripMs: number | null;
	/** How loud it was, dBFS; null for silence or unknown. */
	readonly levelDbfs: number | null;
};

/**
 * - `channel`: what left the booth was bad already, and others hear the same
 * - `network`: it went wrong on the way to this phone
 * - `unclear`: nothing was measured
 */
export type SoundVerdict = 'channel' | 'network' | 'unclear';

/** More than this can be heard (ITU-T G.113 counts 1–3 % as degraded for a codec with concealment). */
const LOST = 0.03;
const CONCEALED = 0.05;
const JITTER_MS = 60;
const ROUND_TRIP_MS = 800;

/**
 * Whose fault a bad sound is. The media server leaves an interpreter's gaps visible to listeners, so a phone's
 * losses alone say nothing while the uplink of the channel loses too.
 *
 * @param uplinkIsBad the media server counts losses on the way up from the booth
 */
export function judgeSound(figures: SoundFigures | null, uplinkIsBad: boolean): SoundVerdict {
	if (uplinkIsBad) return 'channel';
	if (figures === null) return 'unclear';
	const isBadLine =
		!figures.flowing ||
		figures.lost > LOST ||
		figures.concealed > CONCEALED ||
		figures.jitterMs > JITTER_MS ||
		(figures.roundTripMs ?? 0) > ROUND_TRIP_MS;
	// Everything arrived in time: what was wrong with it was sent like that.
	return isBadLine ? 'network' : 'channel';
}
