import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { usableCandidates } from './candidate.ts';

/** What a PATCH may bring: candidates, or new credentials: an ICE restart. */
export type Fragment = {
	readonly iceUfrag: string | null;
	/** `candidate:…`, usable ones alone. */
	readonly candidates: readonly string[];
};

/** Reads an SDP fragment of trickle ICE (RFC 8840 §9). Never throws. */
export function parseFragment(text: string): Result<Fragment, 'fragment_invalid'> {
	const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
	if (lines.length === 0 || !lines.every((line) => /^[a-z]=[\x20-\x7e]*$/.test(line)))
		return refuse('fragment_invalid', 'invalid SDP fragment');
	const ufrag = lines.find((line) => line.startsWith('a=ice-ufrag:'));
	return ok({
		iceUfrag: ufrag === undefined ? null : ufrag.slice('a=ice-ufrag:'.length),
		candidates: usableCandidates(
			lines
				.filter((line) => line.startsWith('a=candidate:'))
				.map((line) => line.slice('a=candidate:'.length))
		)
	});
}
