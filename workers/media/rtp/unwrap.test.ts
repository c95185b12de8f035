import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEQUENCE_MODULUS, TIMESTAMP_MODULUS, unwrap } from './unwrap.ts';

test('goes on over the end, and back over it', () => {
	expect(unwrap(2, 65_534, SEQUENCE_MODULUS)).toBe(65_538);
	expect(unwrap(65_535, 65_537, SEQUENCE_MODULUS)).toBe(65_535);
});

test.each([SEQUENCE_MODULUS, TIMESTAMP_MODULUS])(
	'finds any counter near a known one (%i)',
	(modulus) => {
		fc.assert(
			fc.property(
				fc.nat(2 ** 40),
				fc.integer({ min: -modulus / 2 + 1, max: modulus / 2 - 1 }),
				(near, step) => {
					fc.pre(near + step >= 0);
					expect(unwrap((near + step) % modulus, near, modulus)).toBe(near + step);
				}
			)
		);
	}
);
