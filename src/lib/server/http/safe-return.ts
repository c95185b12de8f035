/**
 * An address to return to, as given by a form or a query: only a path of this portal, so that a link never
 * leads to somebody else's site after signing in. Null for anything else.
 */
export function safeReturn(text: unknown): string | null {
	if (typeof text !== 'string' || !text.startsWith('/')) return null;
	// Browsers read `//host` and `/\host` as another site, and drop tabs and line ends before they look.
	const base = 'http://portal.invalid';
	const url = URL.canParse(text, base) ? new URL(text, base) : null;
	if (url?.origin !== base || url.pathname.startsWith('//')) return null;
	return url.pathname + url.search + url.hash;
}
