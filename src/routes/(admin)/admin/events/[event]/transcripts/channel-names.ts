import { languageNames } from '#lib/client/language-names.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

/** A channel or language as the reader calls it. */
export function channelName(language: string): string {
	return language === FLOOR ? m.listen_floor() : languageNames(language, getLocale()).reader;
}
