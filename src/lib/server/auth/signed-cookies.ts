import { createHmac, timingSafeEqual } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import { eventId, type EventId } from '#lib/domain/ids.ts';

/** Cookies that need no row: the shared admin login and a listener who knows an event's join code. */

const LISTENER_LIFETIME = '30d';
const ADMIN_LIFETIME = '12h';

/** The key a purpose signs with; a token for one purpose is never valid for another. */
export function purposeKey(secret: string, purpose: string): Uint8Array {
	return createHmac('sha256', secret).update(`voxbento/${purpose}`).digest();
}

/** Compares two texts of any length in constant time. */
export function sameText(a: string, b: string): boolean {
	const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
	return timingSafeEqual(digest(a), digest(b));
}

export type SignedCookies = {
	admin(): Promise<string>;
	isAdmin(cookie: string): Promise<boolean>;
	/** @param epoch the event's own at that time: when it rises, the cookie opens nothing any more */
	listener(event: EventId, epoch: number): Promise<string>;
	readListener(cookie: string): Promise<{ event: EventId; epoch: number } | null>;
};

export function createSignedCookies(secret: string, adminPassword: string | null): SignedCookies {
	const adminKey = purposeKey(secret, 'admin-login');
	const listenerKey = purposeKey(secret, 'listener');
	// A changed password ends every session that was opened with the former one.
	const passwordMark = createHmac('sha256', adminKey)
		.update(adminPassword ?? '')
		.digest('base64url');

	return {
		admin: () =>
			new SignJWT({ mark: passwordMark })
				.setProtectedHeader({ alg: 'HS256' })
				.setSubject('admin')
				.setIssuedAt()
				.setExpirationTime(ADMIN_LIFETIME)
				.sign(adminKey),
		async isAdmin(cookie) {
			if (adminPassword === null) return false;
			const claims = await read(cookie, adminKey);
			return claims?.['mark'] === passwordMark;
		},
		listener: (event, epoch) =>
			new SignJWT({ event, epoch })
				.setProtectedHeader({ alg: 'HS256' })
				.setIssuedAt()
				.setExpirationTime(LISTENER_LIFETIME)
				.sign(listenerKey),
		async readListener(cookie) {
			const claims = await read(cookie, listenerKey);
			if (typeof claims?.['event'] !== 'number' || typeof claims['epoch'] !== 'number') return null;
			return { event: eventId(claims['event']), epoch: claims['epoch'] };
		}
	};
}

async function read(token: string, key: Uint8Array): Promise<Record<string, unknown> | null> {
	try {
		return (await jwtVerify(token, key, { algorithms: ['HS256'] })).payload;
	} catch {
		// Forged, expired or of another purpose: all the same to the caller.
		return null;
	}
}
