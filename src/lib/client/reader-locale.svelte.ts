import {
	cookieMaxAge,
	cookieName,
	getLocale,
	isLocale,
	overwriteGetLocale,
	type Locale
} from '#lib/paraglide/runtime.js';
import { isRightToLeft } from '#lib/domain/language.ts';
import { loadMessages } from './late-messages.ts';

/**
 * Language of the user interface in this browser. Messages read it reactively, so that a page changes its
 * language without a reload and the sound goes on. It starts as what the server rendered.
 */
const inBrowser = typeof document !== 'undefined';

function firstLocale(): Locale {
	const rendered = document.documentElement.lang;
	// The shell that opens without a network was rendered for whoever installed it.
	const chosen = new RegExp(`(?:^|; )${cookieName}=([^;]+)`).exec(document.cookie)?.[1];
	if (isLocale(chosen)) return chosen;
	return isLocale(rendered) ? rendered : getLocale();
}

let current = $state.raw<Locale>('en');
if (inBrowser) {
	const first = firstLocale();
	// Awaited here, or the page would be made alive in another language than it was rendered in.
	await loadMessages(first);
	current = first;
	showLocale(current);
	overwriteGetLocale(() => current);
}

export function setReaderLocale(locale: string): void {
	if (!isLocale(locale)) return;
	const secure = location.protocol === 'https:' ? '; secure' : '';
	document.cookie = `${cookieName}=${locale}; path=/; max-age=${cookieMaxAge}; samesite=lax${secure}`;
	void loadMessages(locale).then(() => {
		current = locale;
		showLocale(locale);
	});
}

/**
 * The locale for times and numbers: the phone's own variant of the reader's language where it has one, so that
 * an Englishman reads 14:02 and an American 2:02 PM.
 */
export function formatLocale(): string {
	const locale = getLocale();
	if (!inBrowser) return locale;
	return (
		navigator.languages.find((tag) => tag === locale || tag.startsWith(`${locale}-`)) ?? locale
	);
}

function showLocale(locale: Locale): void {
	document.documentElement.lang = locale;
	document.documentElement.dir = isRightToLeft(locale) ? 'rtl' : 'ltr';
}
