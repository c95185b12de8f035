import { levelDbfs, pitchLevelDbfs } from './sound-level.ts';

/** Quieter than this counts as silence. */
export const SILENCE_DBFS = -50;

/** Longest stretch of silence in ms, in windows of `windowMs`. */
export function longestSilenceMs(pcm: Float32Array, sampleRateHz: number, windowMs = 10): number {
	let longest = 0;
	let current = 0;
	for (const level of levels(pcm, sampleRateHz, windowMs)) {
		current = level < SILENCE_DBFS ? current + windowMs : 0;
		longest = Math.max(longest, current);
	}
	return longest;
}

/** Level of each window in dBFS. */
export function levels(pcm: Float32Array, sampleRateHz: number, windowMs: number): number[] {
	return windows(pcm, sampleRateHz, windowMs).map(levelDbfs);
}

/**
 * Which of the tones is heard in each window: its pitch, `null` for silence, or all that are louder than
 * `besideDb` below the loudest when it is more than one.
 */
export function tonesHeard(
	pcm: Float32Array,
	sampleRateHz: number,
	pitchesHz: readonly number[],
	{ windowMs = 40, besideDb = 20 }: { windowMs?: number; besideDb?: number } = {}
): readonly (readonly number[])[] {
	return windows(pcm, sampleRateHz, windowMs).map((window) => {
		const found = pitchesHz.map((pitch) => ({
			pitch,
			level: pitchLevelDbfs(window, sampleRateHz, pitch)
		}));
		const loudest = Math.max(...found.map(({ level }) => level));
		if (loudest < SILENCE_DBFS) return [];
		return found.filter(({ level }) => level > loudest - besideDb).map(({ pitch }) => pitch);
	});
}

/** The one tone that is heard in the last `ms`, or null when it is none or several. */
export function toneNow(
	pcm: Float32Array,
	sampleRateHz: number,
	pitchesHz: readonly number[],
	ms = 400
): number | null {
	const last = pcm.subarray(-Math.round((sampleRateHz * ms) / 1000));
	const [heard] = tonesHeard(last, sampleRateHz, pitchesHz, { windowMs: ms });
	return heard?.length === 1 ? (heard[0] ?? null) : null;
}

function windows(pcm: Float32Array, sampleRateHz: number, windowMs: number): Float32Array[] {
	const size = Math.round((sampleRateHz * windowMs) / 1000);
	const count = Math.floor(pcm.length / size);
	return Array.from({ length: count }, (_, n) => pcm.subarray(n * size, (n + 1) * size));
}
