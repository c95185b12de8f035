import { Secret, TOTP } from 'otpauth';

/** The only file that knows the library of time-based codes (RFC 6238). */

const PERIOD_S = 30;
const SECRET_BYTES = 20;
/** A code of the step before and after counts too: clocks differ, and typing takes time. */
const WINDOW_STEPS = 1;

function totp(secret: Secret, account = ''): TOTP {
	// What every authenticator app can do; other settings are silently ignored by some of them.
	return new TOTP({
		...{ issuer: 'VoxBento', label: account, algorithm: 'SHA1', digits: 6, period: PERIOD_S },
		secret
	});
}

/** A new secret, base32 (RFC 4648), as people may type it into their app. */
export function newTotpSecret(): string {
	return new Secret({ size: SECRET_BYTES }).base32;
}

/** `otpauth://` address for a QR code. */
export function totpUri(secret: string, account: string): string {
	return totp(Secret.fromBase32(secret), account).toString();
}

/** The time step whose code this is, or null when it is none of now. @param at epoch ms */
export function totpStep(secret: string, code: string, at: number): number | null {
	// The library throws on text that has six characters and more bytes.
	if (!/^[0-9]{6}$/.test(code)) return null;
	const delta = totp(Secret.fromBase32(secret)).validate({
		token: code,
		timestamp: at,
		window: WINDOW_STEPS
	});
	return delta === null ? null : Math.floor(at / 1000 / PERIOD_S) + delta;
}

/** The code of a moment, as an authenticator app shows it. */
export function totpCode(secret: string, at: number): string {
	return totp(Secret.fromBase32(secret)).generate({ timestamp: at });
}
