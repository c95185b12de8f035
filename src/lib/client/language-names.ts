import { FLOOR, isRightToLeft } from '#lib/domain/language.ts';
import { signLanguageName } from '#lib/domain/offered-languages.ts';

/** How a language is called, by its own people and by the reader; both for display only. */
export type LanguageNames = {
	readonly own: string;
	readonly reader: string;
	/** Direction of `own`. */
	readonly dir: 'ltr' | 'rtl';
};

/**
 * Names from the browser's own tables (ECMA-402 `Intl.DisplayNames`), with a capital first letter where the
 * script has one. A sign language they do not know goes by its own name, any other unknown code is shown as it is.
 *
 * @param code BCP-47 tag; `floor` has no name of its own, the page gives it one
 * @param reader locale of the user interface
 */
export function languageNames(code: string, reader: string): LanguageNames {
	return {
		own: nameIn(code, code),
		reader: nameIn(code, reader),
		dir: code !== FLOOR && isRightToLeft(code) ? 'rtl' : 'ltr'
	};
}

const FIRST_STRONG_ISOLATE = String.fromCodePoint(0x2068);
const POP_ISOLATE = String.fromCodePoint(0x2069);

/**
 * A language's own name for use inside a sentence of the reader's: one that runs the other way is isolated
 * (UAX #9, section 2.4), or its brackets would jump to the wrong end.
 */
export function isolated(name: string, code: string, reader: string): string {
	const sameWay = code === FLOOR || isRightToLeft(code) === isRightToLeft(reader);
	return sameWay ? name : FIRST_STRONG_ISOLATE + name + POP_ISOLATE;
}

function nameIn(code: string, locale: string): string {
	try {
		const known = new Intl.DisplayNames([locale], { type: 'language' }).of(code) ?? code;
		const name = known === code ? (signLanguageName(code) ?? code) : known;
		const [first = ''] = name; // by code point, not by UTF-16 unit
		return first.toLocaleUpperCase(locale) + name.slice(first.length);
	} catch {
		return code;
	}
}
