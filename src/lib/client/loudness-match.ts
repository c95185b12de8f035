import {
	gainOf,
	levelOf,
	listenTo,
	NOTHING_HEARD,
	type Loudness
} from '#lib/domain/listening/loudness.ts';
import type { Measured } from './whep-session.ts';

/** How loud each channel of the page was found to be, remembered so that a return to it begins right. */
export type LoudnessMatch = {
	/** @param volume of its element at this moment, 0–1; null where the element does not play the line itself */
	measured(path: string, counted: Measured, volume: number | null): void;
	/** The part of the channel's sound to let through, 0–1. */
	gain(path: string): number;
};

type Heard = { loudness: Loudness; energy: number; seconds: number; volume: number | null };

/** Below this, and while the volume changes, nothing can be said. */
const LEAST_VOLUME = 0.02;
const SAME_VOLUME = 0.1;

export function createLoudnessMatch(): LoudnessMatch {
	const channels = new Map<string, Heard>();
	// Chromium counts a received track's energy after the volume of the element that plays it, against
	// webrtc-stats; the others before.
	const countsAfterVolume = /Chrome\//.test(navigator.userAgent);
	return {
		measured(path, { energy, seconds }, volume) {
			const before = channels.get(path) ?? {
				loudness: NOTHING_HEARD,
				energy: 0,
				seconds: 0,
				volume: null
			};
			const louder = countsAfterVolume ? steadyVolume(before.volume, volume) : 1;
			// Counters that fell are those of another session.
			const isSame = seconds >= before.seconds && louder !== null;
			const loudness = isSame
				? listenTo(
						before.loudness,
						(energy - before.energy) / louder ** 2,
						seconds - before.seconds
					)
				: before.loudness;
			channels.set(path, { loudness, energy, seconds, volume });
		},
		gain(path) {
			const levels = [...channels].map(([each, { loudness }]) => ({
				each,
				level: levelOf(loudness)
			}));
			const own = levels.find(({ each }) => each === path)?.level ?? null;
			return gainOf(
				own,
				levels.flatMap(({ each, level }) => (each === path || level === null ? [] : [level]))
			);
		}
	};
}

/** The volume of a whole step, or null when it was not one and the same. */
function steadyVolume(before: number | null, now: number | null): number | null {
	if (before === null || now === null || now < LEAST_VOLUME) return null;
	return Math.abs(before - now) > SAME_VOLUME * now ? null : (before + now) / 2;
}
