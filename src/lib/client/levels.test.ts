import { describe, expect, test } from 'vitest';
import { CLIP_HOLD_MS, PEAK_HOLD_MS, createLevelHold, dbfs, measureBlock } from './levels.ts';

const sine = (amplitude: number) =>
	Float32Array.from({ length: 4800 }, (_, n) => amplitude * Math.sin((2 * Math.PI * n) / 48));

describe('measureBlock', () => {
	test('a full-scale sine is −3 dBFS RMS and 0 dBFS peak', () => {
		const { rms, peak } = measureBlock(sine(1));
		expect(dbfs(rms)).toBeCloseTo(-3.01, 2);
		expect(dbfs(peak)).toBeCloseTo(0, 2);
	});

	test('silence has no level', () => {
		const { rms, peak } = measureBlock(new Float32Array(4800));
		expect([dbfs(rms), dbfs(peak)]).toEqual([-Infinity, -Infinity]);
	});
});

describe('createLevelHold', () => {
	test('holds the peak, then lets it fall', () => {
		const hold = createLevelHold();
		hold({ rms: 0.3, peak: 0.5 }, 0);
		expect(hold({ rms: 0, peak: 0.1 }, PEAK_HOLD_MS).peakDb).toBeCloseTo(dbfs(0.5), 5);
		expect(hold({ rms: 0, peak: 0.1 }, PEAK_HOLD_MS + 1).peakDb).toBeCloseTo(dbfs(0.1), 5);
	});

	test('shows one clipped sample long enough to be seen', () => {
		const hold = createLevelHold();
		hold({ rms: 0.5, peak: 1 }, 0);
		expect(hold({ rms: 0, peak: 0 }, CLIP_HOLD_MS).clipped).toBe(true);
		expect(hold({ rms: 0, peak: 0 }, CLIP_HOLD_MS + 1).clipped).toBe(false);
	});
});
