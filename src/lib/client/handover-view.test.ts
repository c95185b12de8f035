import { describe, expect, test } from 'vitest';
import type { Handover, Phase, Seat } from '#lib/domain/booth/state.ts';
import { personId, seatId } from '#lib/domain/ids.ts';
import type { BoothParticipant } from '#lib/protocol/booth.ts';
import { handoverOf } from './handover-view.ts';

const seat = (id: string, person: string, name: string): Seat => ({
	seat: seatId(id),
	person: personId(person),
	name
});
const ana = seat('a', 'user:a', 'Ana');
const lea = seat('l', 'user:l', 'Léa');
const anaElsewhere = seat('a2', 'user:a', 'Ana');

const here = (one: Seat): BoothParticipant => ({
	...one,
	role: 'interpreter',
	connected: true,
	joinedAt: 0,
	relay: null,
	captions: null
});
const seenBy = (you: Seat, phase: Phase, ...people: Seat[]) =>
	handoverOf({ phase, participants: people.map(here), you: { seat: you.seat, acts: [] } });
const handing = (step: Handover['step']): Phase => ({
	kind: 'handing-over',
	active: ana,
	since: 0,
	handover: { to: lea, step, deadline: 9 }
});

describe('handoverOf', () => {
	test('the holder sees whom to give it to, and not the own second tab', () => {
		const phase: Phase = { kind: 'live', active: ana, since: 0 };
		expect(seenBy(ana, phase, ana, anaElsewhere, lea)).toEqual({
			kind: 'you-hold',
			mates: [here(lea)]
		});
	});

	test('a second tab is told where the microphone is', () => {
		const phase: Phase = { kind: 'live', active: ana, since: 0 };
		expect(seenBy(anaElsewhere, phase, ana, anaElsewhere)).toEqual({
			kind: 'other-tab',
			live: true
		});
	});

	test('a boothmate sees who holds it and whether they are still there', () => {
		const phase: Phase = { kind: 'ready', active: ana, reason: 'not-asked' };
		const seen = { kind: 'they-hold', name: 'Ana', air: 'off' };
		expect(seenBy(lea, phase, ana, lea)).toEqual({ ...seen, away: false });
		expect(seenBy(lea, phase, lea)).toEqual({ ...seen, away: true });
	});

	test.each([
		['offered', 'you-offered', 'offered-to-you'],
		['requested', 'asked-of-you', 'you-asked'],
		['accepted', 'leaving-you', 'coming-to-you'],
		['arriving', 'leaving-you', 'coming-to-you']
	] as const)('%s: %s for one, %s for the other', (step, outgoing, incoming) => {
		expect(seenBy(ana, handing(step), ana, lea)).toEqual({
			kind: outgoing,
			name: 'Léa',
			deadline: 9
		});
		expect(seenBy(lea, handing(step), ana, lea)).toEqual({
			kind: incoming,
			name: 'Ana',
			deadline: 9
		});
	});
});
