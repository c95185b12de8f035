/**
 * Times as they are typed at an event (`2026-11-24T09:30`, the value of `<input type="datetime-local">`) and the
 * instants they stand for. Zones are IANA names.
 */

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::\d{2})?$/;
const MINUTE_MS = 60_000;

export function isTimeZone(zone: string): boolean {
	if (zone === '') return false;
	try {
		new Intl.DateTimeFormat('en', { timeZone: zone });
		return true;
	} catch {
		return false;
	}
}

/**
 * Epoch ms of a time typed at the event, or null when it is no time. Where clocks go back it is the first of the
 * two, where they go forward the time moves on by as much.
 */
export function instantIn(zone: string, local: string): number | null {
	const parts = LOCAL.exec(local)?.slice(1).map(Number);
	if (parts === undefined) return null;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts;
	const asUtc = Date.UTC(year, month - 1, day, hour, minute);
	// The calendar carries over what does not exist (31 April); that is a typing error here.
	if (new Date(asUtc).toISOString().slice(0, 16) !== local.slice(0, 16)) return null;
	// The offset before the change is the one on the day before, the one after it on the day after.
	const offsets = [asUtc - 24 * 60 * MINUTE_MS, asUtc + 24 * 60 * MINUTE_MS].map((at) =>
		offsetMs(zone, at)
	);
	const exact = offsets
		.map((offset) => asUtc - offset)
		.filter((at) => localIn(zone, at) === local.slice(0, 16));
	return exact.length > 0 ? Math.min(...exact) : asUtc - (offsets[0] ?? 0);
}

/** The time at the event, `2026-11-24T09:30`. */
export function localIn(zone: string, at: number): string {
	return new Date(at + offsetMs(zone, at)).toISOString().slice(0, 16);
}

function offsetMs(zone: string, at: number): number {
	const parts = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric'
	}).formatToParts(at);
	const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
	const asUtc = Date.UTC(
		part('year'),
		part('month') - 1,
		part('day'),
		part('hour'),
		part('minute')
	);
	return asUtc - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
