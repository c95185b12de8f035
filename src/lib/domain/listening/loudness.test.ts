import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gainOf, levelOf, listenTo, NOTHING_HEARD, REFERENCE_DBFS } from './loudness.ts';

const powerOf = (dbfs: number) => 10 ** (dbfs / 10);
const after = (dbfs: number, seconds: number, before = NOTHING_HEARD) =>
	listenTo(before, powerOf(dbfs) * seconds, seconds);

test('pauses count for nothing, speech for what it is', () => {
	const spoken = after(-20, 1);
	expect(levelOf(spoken)).toBeCloseTo(-20);
	expect(after(-70, 5, spoken)).toBe(spoken);
	expect(levelOf(NOTHING_HEARD)).toBeNull();
});

test('a new speaker counts after a few sentences', () => {
	let loudness = NOTHING_HEARD;
	for (let n = 0; n < 80; n++) loudness = after(-15, 0.25, loudness);
	expect(levelOf(loudness)).toBeCloseTo(-15);
	for (let n = 0; n < 40; n++) loudness = after(-30, 0.25, loudness);
	expect(levelOf(loudness)).toBeLessThan(-20);
});

test('channels within reach of each other come out equally loud', () => {
	const level = fc.double({ min: -32, max: -16, noNaN: true });
	fc.assert(
		fc.property(level, level, (one, other) => {
			const heard = one + 20 * Math.log10(gainOf(one, [other]));
			const heardOther = other + 20 * Math.log10(gainOf(other, [one]));
			expect(heard).toBeCloseTo(heardOther, 1);
			expect(heard).toBeLessThanOrEqual(REFERENCE_DBFS + 0.01);
		})
	);
});

test('nothing is amplified, an unknown channel begins quietly, and a whisper silences nobody', () => {
	expect(gainOf(-40, [-20])).toBe(1);
	expect(gainOf(null, [])).toBeLessThan(1);
	expect(gainOf(-23, [-60])).toBeGreaterThan(0.3);
});
