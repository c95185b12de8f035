import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('the first try comes quickly, so that a short break heals within three seconds', () => {
	fc.assert(fc.property(random, (r) => retryDelayMs(0, r) <= 300));
});

test('waits grow with every failure and stop growing at eight seconds', () => {
	fc.assert(
		fc.property(fc.nat(200), random, (failures, r) => {
			expect(retryDelayMs(failures + 1, r)).toBeGreaterThanOrEqual(retryDelayMs(failures, r));
			expect(retryDelayMs(failures, r)).toBeLessThanOrEqual(8_000);
			expect(retryDelayMs(failures, r)).toBeGreaterThan(0);
		})
	);
});

test('phones that lost the same server do not come back together', () => {
	expect(retryDelayMs(3, 0.99) - retryDelayMs(3, 0)).toBeGreaterThan(1_500);
});
