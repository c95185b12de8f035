/**
 * Carries a counter of `modulus` values on beyond its wrap: the number congruent to `value` that is
 * nearest to `near`. Sequence numbers (2^16) and timestamps (2^32) both stay exact in a double.
 */
export function unwrap(value: number, near: number, modulus: number): number {
	const half = modulus / 2;
	const step = (((value - near) % modulus) + modulus) % modulus;
	return near + (step >= half ? step - modulus : step);
}

export const SEQUENCE_MODULUS = 0x1_0000;
export const TIMESTAMP_MODULUS = 0x1_0000_0000;
