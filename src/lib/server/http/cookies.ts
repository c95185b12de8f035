import type { Cookies } from '@sveltejs/kit';

/** Days and hours after which a browser forgets; what the server still accepts is decided in `auth`. */
export const COOKIE_LIFETIME_S = {
	account: 14 * 24 * 3600,
	admin: 12 * 3600,
	listener: 30 * 24 * 3600
} as const;

type Where = { readonly url: URL; readonly publicBaseUrl: string };

/** Secure when the public address or this very request is https. */
export function cookiesAreSecure({ url, publicBaseUrl }: Where): boolean {
	return url.protocol === 'https:' || publicBaseUrl.startsWith('https:');
}

/**
 * The address to open instead when this page was opened over http although the portal's own address is https:
 * browsers then drop our cookies and every sign-in seems to fail. Null when all is well.
 */
export function addressForCookies(where: Where): string | null {
	return cookiesAreSecure(where) && where.url.protocol === 'http:' ? where.publicBaseUrl : null;
}

/** Sets a credential: for our own pages, out of reach of scripts. */
export function setCredential(
	cookies: Cookies,
	where: Where,
	cookie: { name: string; value: string; maxAgeS: number }
): void {
	cookies.set(cookie.name, cookie.value, {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: cookiesAreSecure(where),
		maxAge: cookie.maxAgeS
	});
}
