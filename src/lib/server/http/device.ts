import type { RequestEvent } from '@sveltejs/kit';
import { DEVICE_COOKIE, deviceCookie } from '../auth/join-attempts.ts';
import { setCredential } from './cookies.ts';

const LIFETIME_S = 30 * 24 * 3600;

type Request = Pick<RequestEvent, 'locals' | 'request' | 'cookies' | 'url'>;

/** The cookie as the browser sent it; one that this very answer sets does not count yet. */
export function deviceOf({ request }: Pick<Request, 'request'>): string | undefined {
	return deviceCookie(request.headers.get('cookie'));
}

/** Gives a browser a device cookie. @returns whether it had none, or none of ours */
export function knowDevice(request: Request): boolean {
	const { locals, cookies, url } = request;
	const fresh = locals.app.attempts.joinCode.newDevice(deviceOf(request));
	if (fresh === null) return false;
	const where = { url, publicBaseUrl: locals.app.env.PUBLIC_BASE_URL };
	setCredential(cookies, where, { name: DEVICE_COOKIE, value: fresh, maxAgeS: LIFETIME_S });
	return true;
}
