import { describe, expect, test } from 'vitest';
import type { Phase, Seat } from '#lib/domain/booth/state.ts';
import { personId, seatId } from '#lib/domain/ids.ts';
import type { BoothNotice } from '#lib/protocol/booth.ts';
import {
	PASSING_MS,
	newsOf,
	tidied,
	withNotice,
	type ConsoleNotice,
	type NoticeCode
} from './notice-list.ts';

const me: Seat = { seat: seatId('me'), person: personId('user:1'), name: 'Ana' };
const mate: Seat = { seat: seatId('mate'), person: personId('user:2'), name: 'Léa' };
const live = (active: Seat): Phase => ({ kind: 'live', active, since: 0 });
const ready = (active: Seat): Phase => ({ kind: 'ready', active, reason: 'sound-lost' });

const said = (code: BoothNotice['code']): BoothNotice => ({ code, name: 'Léa', at: 0 });
const shown = (code: NoticeCode, at = 0): ConsoleNotice => ({ key: at, code, name: null, at });

describe('newsOf', () => {
	test('the colleague’s turn is news, the own one is on the panel', () => {
		expect(newsOf(said('handed_over'), live(mate), me.seat)).toBe('handed_over');
		expect(newsOf(said('handed_over'), live(me), me.seat)).toBeNull();
	});

	test('so is the colleague’s lost sound', () => {
		expect(newsOf(said('sound_lost'), ready(mate), me.seat)).toBe('sound_lost');
		expect(newsOf(said('sound_lost'), ready(me), me.seat)).toBeNull();
	});

	test('the lines’ state is said in its own place', () => {
		expect(newsOf(said('media_server_down'), live(me), me.seat)).toBeNull();
	});
});

describe('the list', () => {
	test('has one line per kind and never more than two', () => {
		const list = [shown('seat_lost', 1), shown('handover_declined', 2)];
		expect(withNotice(list, shown('seat_lost', 3)).map(({ key }) => key)).toEqual([2, 3]);
		expect(withNotice(list, shown('reassigned', 3)).map(({ key }) => key)).toEqual([2, 3]);
	});

	test('what came to nothing goes by itself', () => {
		const list = [shown('handover_expired')];
		expect(tidied(list, live(mate), PASSING_MS - 1)).toBe(list);
		expect(tidied(list, live(mate), PASSING_MS)).toEqual([]);
	});

	test('what must not be missed stays until somebody is on air again', () => {
		const list = [shown('seat_lost'), shown('source_gone')];
		expect(tidied(list, ready(me), 3_600_000)).toBe(list);
		expect(tidied(list, live(me), 1)).toEqual([]);
	});

	test('what is wrong with this machine stays until it is put away', () => {
		const list = [shown('output_gone'), shown('away_on_air')];
		expect(tidied(list, live(me), 3_600_000)).toBe(list);
	});

	test('that the channel is closed stays as long as it is', () => {
		const list = [shown('closed')];
		expect(tidied(list, { kind: 'closed' }, 3_600_000)).toBe(list);
		expect(tidied(list, { kind: 'empty' }, 1)).toEqual([]);
	});
});
