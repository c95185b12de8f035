import { expect, test } from 'vitest';
import { judgeSound, type SoundFigures } from './sound-fault.ts';

const GOOD: SoundFigures = {
	flowing: true,
	lost: 0.001,
	concealed: 0.004,
	jitterMs: 8,
	roundTripMs: 40,
	levelDbfs: -24
};

test('what arrived whole was sent like that', () => {
	expect(judgeSound(GOOD, false)).toBe('channel');
	expect(judgeSound({ ...GOOD, levelDbfs: null }, false)).toBe('channel');
});

test.each([
	{ flowing: false },
	{ lost: 0.08 },
	{ concealed: 0.2 },
	{ jitterMs: 120 },
	{ roundTripMs: 1_500 }
])('%o is the phone’s network', (bad) => {
	expect(judgeSound({ ...GOOD, ...bad }, false)).toBe('network');
});

test('losses on the way up from the booth explain a listener’s losses', () => {
	expect(judgeSound({ ...GOOD, lost: 0.1 }, true)).toBe('channel');
	expect(judgeSound(null, true)).toBe('channel');
});

test('without figures nothing is claimed', () => {
	expect(judgeSound(null, false)).toBe('unclear');
});
