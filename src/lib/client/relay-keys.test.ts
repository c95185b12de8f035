import { expect, test } from 'vitest';
import type { RelayOption } from '#lib/protocol/booth.ts';
import { canRelay, sourceKeys } from './relay-keys.ts';

const option = (booth: number, change: Partial<RelayOption> = {}): RelayOption =>
	({
		booth,
		language: 'de',
		path: 'e/de',
		air: 'on',
		quality: 'direct',
		allowed: true,
		...change
	}) as RelayOption;
const keys = (kept: (number | null)[], booths: number[]) =>
	sourceKeys(
		kept,
		booths.map((booth) => option(booth))
	).map((key) => (key.kind === 'floor' ? 'floor' : key.booth));

test.each([
	['nothing kept', [], [7, 8, 9], ['floor', 7, 8]],
	['kept in another order', [8, null, 7], [7, 8, 9], [8, 'floor', 7]],
	['a booth that is gone', [null, 5, 9], [7, 9], ['floor', 9, 7]],
	['a room with one other booth', [], [7], ['floor', 7]],
	['a room of one booth', [4], [], ['floor']]
] as const)('%s', (_, kept, booths, expected) => {
	expect(keys([...kept], [...booths])).toEqual(expected);
});

test('only what speaks and does not come back here can be listened to', () => {
	expect(canRelay(option(7))).toBe(true);
	expect(canRelay(option(7, { air: 'off' }))).toBe(false);
	expect(canRelay(option(7, { allowed: false }))).toBe(false);
	expect(canRelay(undefined)).toBe(false);
});
