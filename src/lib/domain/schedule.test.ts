import { expect, test } from 'vitest';
import { clashes, onNow, type ScheduleSession } from './schedule.ts';

const session = (id: number, from: number, to: number, more: Partial<ScheduleSession> = {}) => ({
	id,
	room: null,
	startsAt: from,
	endsAt: to,
	title: `Talk ${id}`,
	description: '',
	speakers: '',
	interpreters: {},
	...more
});

test('what is on now ends with its last moment, and the next one is known', () => {
	const day = [session(2, 20, 30), session(1, 10, 20)];
	expect(onNow(day, null, 9)).toMatchObject({ now: null, next: { id: 1 } });
	expect(onNow(day, null, 19)).toMatchObject({ now: { id: 1 }, next: { id: 2 } });
	expect(onNow(day, null, 20)).toMatchObject({ now: { id: 2 }, next: null });
	expect(onNow(day, 'other', 15)).toEqual({ now: null, next: null });
});

test('of two that overlap the later one is on', () => {
	expect(onNow([session(1, 10, 30), session(2, 20, 40)], null, 25).now?.id).toBe(2);
});

test('sessions that touch do not clash, sessions of one room that overlap do', () => {
	expect(clashes([session(1, 10, 20), session(2, 20, 30)])).toEqual([]);
	expect(clashes([session(2, 15, 30), session(1, 10, 20)])).toEqual([
		{ kind: 'same-room', first: 1, second: 2, name: null }
	]);
	expect(clashes([session(1, 10, 20), session(2, 15, 30, { room: 'b' })])).toEqual([]);
});

test('nobody interprets in two rooms at once', () => {
	const both = [
		session(1, 10, 20, { interpreters: { fr: 'Léa, Ana' } }),
		session(2, 15, 30, { room: 'b', interpreters: { de: 'ana' } })
	];
	expect(clashes(both)).toEqual([{ kind: 'same-interpreter', first: 1, second: 2, name: 'ana' }]);
});
