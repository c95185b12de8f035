import type { Handle } from '@sveltejs/kit';

const HEADERS = {
	'x-content-type-options': 'nosniff',
	// Not no-referrer: browsers then send `Origin: null` with our own forms, and Kit refuses them.
	'referrer-policy': 'same-origin',
	'x-frame-options': 'DENY',
	// Microphones and tab sound belong to our own pages, nothing else is asked of a browser.
	'permissions-policy': 'microphone=(self), display-capture=(self), camera=(), geolocation=()'
} as const;

/** Headers for every answer; the content security policy itself is Kit's, because it needs the nonces. */
export const securityHeaders: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	for (const [name, value] of Object.entries(HEADERS))
		if (!response.headers.has(name)) response.headers.set(name, value);
	const policy = response.headers.get('content-security-policy');
	if (policy)
		response.headers.set(
			'content-security-policy',
			allowConnect(policy, new URL(event.locals.app.env.MEDIAMTX_WHIP_BASE).origin)
		);
	if (event.url.protocol === 'https:')
		response.headers.set('strict-transport-security', 'max-age=31536000');
	return response;
};

/** The policy with one more origin to which pages may connect (CSP3, section 6.1.3 connect-src). */
export function allowConnect(policy: string, origin: string): string {
	return policy.replace(/(connect-src [^;]*)/, `$1 ${origin}`);
}
