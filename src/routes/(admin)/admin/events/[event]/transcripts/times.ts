import { formatLocale } from '#lib/client/reader-locale.svelte.ts';

/** Times of a transcript, read in the event's own zone so that everybody speaks of the same ones. */

export function clockTime(at: number, timeZone: string): string {
	return format(at, timeZone, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** `Fri 20 Nov, 09:00–10:31`; the second day is named where it is another one. */
export function span(from: number, until: number, timeZone: string): string {
	return formatter(timeZone, {
		weekday: 'short',
		day: 'numeric',
		month: 'short',
		hour: '2-digit',
		minute: '2-digit'
	}).formatRange(from, Math.max(from, until));
}

export function dayName(at: number, timeZone: string): string {
	return format(at, timeZone, { weekday: 'long', day: 'numeric', month: 'long' });
}

function format(at: number, timeZone: string, options: Intl.DateTimeFormatOptions): string {
	return formatter(timeZone, options).format(at);
}

function formatter(timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	return new Intl.DateTimeFormat(formatLocale(), { ...options, timeZone });
}
