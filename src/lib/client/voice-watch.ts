import type { Level } from './levels.ts';

/** What is wrong between a mouth and its microphone, judged by the level alone. */
export type VoiceFault =
	| 'speaking-muted'
	| 'silent' // on air, and not even a room's noise for `silentAfterMs`
	| 'clipping'
	| null;

const SPEECH_DB = -40;
/** Speech for this long within SPEECH_WINDOW_MS; a cough into a muted microphone is shorter. */
const SPEECH_MS = 700;
const SPEECH_WINDOW_MS = 1_500;
/** An open headset in a quiet room gives more than this; a dead or hardware-muted one does not. */
const DEAD_DB = -75;
export const SILENT_AFTER_MS = 1_500;
/** Noise suppression makes real silence of every pause, so that only a long one is a fault. */
export const SILENT_AFTER_SUPPRESSED_MS = 8_000;

/** Judges one level after the other; `now` in ms of a steady clock. One watch per microphone. */
export function createVoiceWatch(): (
	level: Level,
	now: number,
	is: { onAir: boolean; muted: boolean; silentAfterMs?: number }
) => VoiceFault {
	let spoken: { from: number; to: number }[] = [];
	let before = 0;
	let aliveAt: number | null = null;
	return (level, now, { onAir, muted, silentAfterMs = SILENT_AFTER_MS }) => {
		const sinceLast = Math.min(now - before, SPEECH_WINDOW_MS);
		before = now;
		if (!onAir) {
			spoken = [];
			aliveAt = null;
			return null;
		}
		if (muted) {
			aliveAt = null;
			if (level.rmsDb > SPEECH_DB) spoken.push({ from: now - sinceLast, to: now });
			spoken = spoken.filter(({ to }) => now - to < SPEECH_WINDOW_MS);
			const total = spoken.reduce((sum, { from, to }) => sum + to - from, 0);
			return total >= SPEECH_MS ? 'speaking-muted' : null;
		}
		spoken = [];
		if (aliveAt === null || level.rmsDb > DEAD_DB) aliveAt = now;
		if (now - aliveAt >= silentAfterMs) return 'silent';
		return level.clipped ? 'clipping' : null;
	};
}
