import { ok, refuse, type Result } from '#lib/domain/result.ts';

/**
 * What of a PATCH matters here: other credentials, which ask for an ICE restart. Candidates do not: this
 * server hears from the client on the first check, wherever it comes from.
 */
export type Fragment = { readonly iceUfrag: string | null };

/** Reads an SDP fragment of trickle ICE (RFC 8840 §9). Never throws. */
export function parseFragment(text: string): Result<Fragment, 'fragment_invalid'> {
	const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
	if (lines.length === 0 || !lines.every((line) => /^[a-z]=[\x20-\x7e]*$/.test(line)))
		return refuse('fragment_invalid', 'invalid SDP fragment');
	const ufrag = lines.find((line) => line.startsWith('a=ice-ufrag:'));
	return ok({
		iceUfrag: ufrag === undefined ? null : ufrag.slice('a=ice-ufrag:'.length)
	});
}
