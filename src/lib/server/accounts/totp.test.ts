import { expect, test } from 'vitest';
import { newTotpSecret, totpCode, totpStep, totpUri } from './totp.ts';

/** RFC 6238, appendix B (SHA-1), the last six digits; the secret is "12345678901234567890". */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
	[59, '287082'],
	[1_111_111_109, '081804'],
	[1_234_567_890, '005924'],
	[2_000_000_000, '279037']
])('at %i s the code is %s', (seconds, code) => {
	expect(totpCode(SECRET, seconds * 1000)).toBe(code);
	expect(totpStep(SECRET, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
});

test('a code counts one step earlier and later, and no further', () => {
	const at = 1_234_567_890_000;
	const code = totpCode(SECRET, at);
	const step = Math.floor(at / 30_000);
	expect(totpStep(SECRET, code, at - 30_000)).toBe(step);
	expect(totpStep(SECRET, code, at + 30_000)).toBe(step);
	expect(totpStep(SECRET, code, at + 90_000)).toBeNull();
});

test.each(['', '12345', '1234567', 'abcdef', '۱۲۳۴۵۶', '0x1F00'])('%j is no code', (code) => {
	expect(totpStep(SECRET, code, 59_000)).toBeNull();
});

test('secrets are new each time and made for an app', () => {
	const secret = newTotpSecret();
	expect(secret).toMatch(/^[A-Z2-7]{32}$/);
	expect(newTotpSecret()).not.toBe(secret);
	expect(totpUri(secret, 'ana@example.org')).toMatch(
		/^otpauth:\/\/totp\/VoxBento:ana%40example\.org\?issuer=VoxBento&secret=[A-Z2-7]{32}&algorithm=SHA1&digits=6&period=30$/
	);
});
