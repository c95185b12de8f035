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
	measured(path: string, counted: Measured): void;
	/** The part of the channel's sound to let through, 0–1. */
	gain(path: string): number;
};

type Heard = { loudness: Loudness; energy: number; seconds: number };

export function createLoudnessMatch(): LoudnessMatch {
	const channels = new Map<string, Heard>();
	return {
		measured(path, { energy, seconds }) {
			const before = channels.get(path) ?? { loudness: NOTHING_HEARD, energy: 0, seconds: 0 };
			// Counters that fell are those of another session.
			const isSame = seconds >= before.seconds;
			const loudness = isSame
				? listenTo(before.loudness, energy - before.energy, seconds - before.seconds)
				: before.loudness;
			channels.set(path, { loudness, energy, seconds });
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
