import { describe, expect, test } from 'vitest';
import { SILENCE, type Level } from './levels.ts';
import { SILENT_AFTER_MS, createVoiceWatch } from './voice-watch.ts';

const SPEECH: Level = { rmsDb: -22, peakDb: -10, clipped: false };
const ROOM: Level = { rmsDb: -62, peakDb: -55, clipped: false };
const STEP_MS = 1000 / 15;

/** The last judgement after `ms` of one level. */
function hear(level: Level, ms: number, is: { onAir: boolean; muted: boolean }) {
	const watch = createVoiceWatch();
	let fault = watch(level, 0, is);
	for (let now = STEP_MS; now <= ms; now += STEP_MS) fault = watch(level, now, is);
	return fault;
}

describe('createVoiceWatch', () => {
	test('speech into a muted microphone is said within two seconds', () => {
		expect(hear(SPEECH, 2_000, { onAir: true, muted: true })).toBe('speaking-muted');
	});

	test('a cough into a muted microphone is not', () => {
		expect(hear(SPEECH, 400, { onAir: true, muted: true })).toBeNull();
		expect(hear(ROOM, 5_000, { onAir: true, muted: true })).toBeNull();
	});

	test('a dead microphone on air is said', () => {
		expect(hear(SILENCE, SILENT_AFTER_MS - 100, { onAir: true, muted: false })).toBeNull();
		expect(hear(SILENCE, SILENT_AFTER_MS + 100, { onAir: true, muted: false })).toBe('silent');
		expect(hear(ROOM, 20_000, { onAir: true, muted: false })).toBeNull();
	});

	test('clipping is said, and nothing at all off air', () => {
		const loud = { ...SPEECH, clipped: true };
		expect(hear(loud, 500, { onAir: true, muted: false })).toBe('clipping');
		expect(hear(loud, 500, { onAir: false, muted: false })).toBeNull();
		expect(hear(SILENCE, 20_000, { onAir: false, muted: false })).toBeNull();
	});
});
