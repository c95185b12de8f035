import { expect, test } from 'vitest';
import { instantIn, isTimeZone, localIn } from './zoned-time.ts';

const at = (iso: string) => Date.parse(iso);

test('a time of the event becomes an instant and back', () => {
	expect(instantIn('Europe/Berlin', '2026-07-01T09:30')).toBe(at('2026-07-01T07:30Z'));
	expect(instantIn('Asia/Kathmandu', '2026-11-24T09:30')).toBe(at('2026-11-24T03:45Z'));
	expect(localIn('America/New_York', at('2026-11-24T03:45Z'))).toBe('2026-11-23T22:45');
});

test('the hour that is there twice is the first one, the hour that is not there moves on', () => {
	expect(instantIn('Europe/Berlin', '2026-10-25T02:30')).toBe(at('2026-10-25T00:30Z'));
	expect(instantIn('Europe/Berlin', '2026-03-29T02:30')).toBe(at('2026-03-29T01:30Z'));
	expect(instantIn('America/New_York', '2026-11-01T01:30')).toBe(at('2026-11-01T05:30Z'));
});

test('what is no time is none', () => {
	for (const text of ['', 'tomorrow', '2026-04-31T10:00', '2026-04-30T24:10', '2026-04-30'])
		expect(instantIn('UTC', text)).toBeNull();
});

test('zones are known by their IANA names', () => {
	expect(isTimeZone('Africa/Nairobi')).toBe(true);
	expect(isTimeZone('Mars/Olympus')).toBe(false);
	expect(isTimeZone('')).toBe(false);
});
