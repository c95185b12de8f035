import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	CEILING_DBFS,
	createLeveller,
	createLimiter,
	createMinuteMeter,
	LEVELLED_DBFS,
	LOOK_AHEAD_MS,
	SUSTAINED_DBFS,
	type BlockProcess
} from './hearing-guard.ts';

const RATE_HZ = 48_000;
const BLOCK = 128;
const CEILING = 10 ** (CEILING_DBFS / 20);

/** A sine of `dbfs` peak. */
const tone = (seconds: number, dbfs: number, pitchHz = 1_000): Float32Array =>
	Float32Array.from(
		{ length: seconds * RATE_HZ },
		(_, n) => 10 ** (dbfs / 20) * Math.sin((2 * Math.PI * pitchHz * n) / RATE_HZ)
	);
const joined = (...parts: readonly Float32Array[]): Float32Array =>
	Float32Array.from(parts.flatMap((part) => [...part]));

function through(process: BlockProcess, sound: Float32Array): Float32Array {
	const out = sound.slice();
	for (let from = 0; from < out.length; from += BLOCK) process([out.subarray(from, from + BLOCK)]);
	return out;
}
const peak = (sound: Float32Array): number =>
	sound.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
const rmsDb = (sound: Float32Array): number =>
	10 * Math.log10(sound.reduce((sum, one) => sum + one * one, 0) / sound.length);
const lastSeconds = (sound: Float32Array, seconds: number) => sound.subarray(-seconds * RATE_HZ);

describe('limiter', () => {
	test('lets ordinary speech levels pass untouched, only later', () => {
		const sound = tone(1, -20);
		const out = through(createLimiter(RATE_HZ), sound);
		const late = (LOOK_AHEAD_MS * RATE_HZ) / 1000;
		for (const n of [0, 777, 20_000]) expect(out[n + late]).toBeCloseTo(sound[n] ?? NaN, 5);
	});

	test('no sample ever leaves above the ceiling, whatever comes', () => {
		fc.assert(
			fc.property(
				fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 300, maxLength: 3_000 }),
				(samples) => {
					expect(
						peak(through(createLimiter(RATE_HZ), Float32Array.from(samples)))
					).toBeLessThanOrEqual(CEILING + 1e-6);
				}
			),
			{ numRuns: 200 }
		);
	});

	test('a bang out of quiet is held from its first sample, without being cut off square', () => {
		const out = through(createLimiter(RATE_HZ), joined(tone(0.5, -40), tone(0.05, 12)));
		expect(peak(out)).toBeLessThanOrEqual(CEILING + 1e-6);
		const atCeiling = out.filter((one) => Math.abs(one) > CEILING * 0.999).length;
		expect(atCeiling).toBeLessThan(out.length * 0.01);
	});

	test('what lasts is brought to the lower limit within 100 ms', () => {
		const out = through(createLimiter(RATE_HZ), joined(tone(0.5, -40), tone(2, 0)));
		const after100ms = out.subarray(0.6 * RATE_HZ);
		expect(rmsDb(after100ms.subarray(0, 0.1 * RATE_HZ))).toBeLessThanOrEqual(SUSTAINED_DBFS + 1);
		expect(rmsDb(lastSeconds(out, 1))).toBeCloseTo(SUSTAINED_DBFS, 0);
	});

	test('stereo keeps its picture: both sides are turned down alike', () => {
		const limit = createLimiter(RATE_HZ);
		const left = tone(0.5, 6);
		const right = Float32Array.from(left, (one) => one / 4);
		for (let from = 0; from < left.length; from += BLOCK)
			limit([left.subarray(from, from + BLOCK), right.subarray(from, from + BLOCK)]);
		for (const n of [5_000, 12_345, 20_000])
			expect((right[n] ?? 0) * 4).toBeCloseTo(left[n] ?? 0, 5);
	});
});

describe('leveller', () => {
	test.each([-35, -20, -9])('brings a steady %i dBFS to the same loudness, slowly', (dbfs) => {
		const out = through(createLeveller(RATE_HZ), tone(12, dbfs + 3));
		expect(rmsDb(lastSeconds(out, 1))).toBeCloseTo(LEVELLED_DBFS, 0);
		// Never a jump: the loudness of neighbouring tenths of a second differs by less than a listener notices.
		for (let from = 0; from + 9_600 <= out.length; from += 4_800) {
			const step =
				rmsDb(out.subarray(from, from + 4_800)) - rmsDb(out.subarray(from + 4_800, from + 9_600));
			expect(Math.abs(step)).toBeLessThan(1);
		}
	});

	test('a pause moves nothing, and a very quiet source is not torn up without end', () => {
		const level = createLeveller(RATE_HZ);
		const before = rmsDb(lastSeconds(through(level, tone(10, -17)), 1));
		through(level, tone(30, -70));
		expect(rmsDb(through(level, tone(0.1, -17)))).toBeCloseTo(before, 0);
		const quiet = through(createLeveller(RATE_HZ), tone(20, -45));
		expect(rmsDb(lastSeconds(quiet, 1))).toBeLessThanOrEqual(-48 + 9.1);
	});
});

test('the minute meter counts a whole minute, and tells once a second', () => {
	const meter = createMinuteMeter(RATE_HZ);
	const said: number[] = [];
	const sound = tone(1, -17);
	for (let second = 0; second < 61; second++)
		for (let from = 0; from < sound.length; from += 480) {
			const minute = meter([sound.subarray(from, from + 480)]);
			if (minute !== null) said.push(minute);
		}
	expect(said.length).toBe(61);
	expect(said[0]).toBeCloseTo(-20 - 10 * Math.log10(60), 0);
	expect(said.at(-1)).toBeCloseTo(-20, 1);
});
