import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutPauses } from './pauses.ts';

const RATE_HZ = 8_000;
const tone = (ms: number) =>
	Float32Array.from({ length: (RATE_HZ * ms) / 1000 }, (_, n) => 0.3 * Math.sin(n));
const pause = (ms: number) => new Float32Array((RATE_HZ * ms) / 1000);
const join = (...parts: Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]));
const msOf = (samples: Float32Array) => (samples.length * 1000) / RATE_HZ;

test('a long pause becomes a short one, a breath stays', () => {
	expect(msOf(withoutPauses(join(tone(500), pause(3_000), tone(500)), RATE_HZ))).toBe(1_240);
	const breath = join(tone(500), pause(300), tone(500));
	expect(withoutPauses(breath, RATE_HZ)).toEqual(breath);
});

test('no word is lost, whatever the pauses', () => {
	const lengths = fc.array(
		fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 })),
		{
			maxLength: 6
		}
	);
	fc.assert(
		fc.property(lengths, (parts) => {
			const spoken = parts.map(([said]) => said * 20).reduce((sum, ms) => sum + ms, 0);
			const samples = join(
				...parts.flatMap(([said, quiet]) => [tone(said * 20), pause(quiet * 20)])
			);
			const out = withoutPauses(samples, RATE_HZ);
			expect(out.length).toBeLessThanOrEqual(samples.length);
			const loud = [...out].filter((sample) => sample !== 0).length;
			const before = [...samples].filter((sample) => sample !== 0).length;
			expect(loud).toBe(before);
			expect(msOf(out)).toBeGreaterThanOrEqual(spoken);
		})
	);
});
