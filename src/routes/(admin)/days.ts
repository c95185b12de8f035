/** Days of an event as people read them: one day, or from–to. Days have no zone: they are the event's own. */
export function dayRange(
	{ startsOn, endsOn }: { startsOn: string | null; endsOn: string | null },
	locale: string
): string {
	if (startsOn === null) return '';
	const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
	const from = new Date(`${startsOn}T00:00:00Z`);
	if (endsOn === null || endsOn === startsOn) return format.format(from);
	return format.formatRange(from, new Date(`${endsOn}T00:00:00Z`));
}

/** A time of the event's own clock. */
export function timeAt(at: number, zone: string, locale: string): string {
	return new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: zone }).format(at);
}

/** The day of an instant by the event's own calendar. */
export function dayAt(at: number, zone: string, locale: string): string {
	return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: zone }).format(at);
}
