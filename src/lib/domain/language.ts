import { refuse, ok, type Result } from './result.ts';

/** BCP-47 tag in canonical case (`pt-BR`), or `floor` for the original sound of a room. */
export type LanguageCode = string & { readonly __language: unique symbol };

export const FLOOR = 'floor' as LanguageCode;

/**
 * Canonical form of a language code as it stands in database, URL and media path.
 * Accepts any case; `floor` is kept as it is.
 *
 * @returns refusal `language_invalid` for what is not a well-formed BCP-47 tag (RFC 5646).
 */
export function parseLanguage(text: string): Result<LanguageCode, 'language_invalid'> {
	const trimmed = text.trim();
	if (trimmed.toLowerCase() === FLOOR) return ok(FLOOR);
	try {
		const [canonical] = Intl.getCanonicalLocales(trimmed);
		// Four letters alone are well-formed for Intl but reserved by RFC 5646, five to eight are unregistered.
		if (canonical && /^[a-z]{2,3}(-|$)/.test(canonical)) return ok(canonical as LanguageCode);
	} catch {
		// Not well-formed: refused below with the same words as every other wrong code.
	}
	return refuse('language_invalid', `"${text}" is not a language code such as fr or pt-BR.`);
}

/** Whether the language is written right to left, for `dir` on text in that language. */
export function isRightToLeft(code: string): boolean {
	return /^(ar|dv|fa|he|ku-Arab|ps|sd|ug|ur|yi)(-|$)/.test(code);
}
