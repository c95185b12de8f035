import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Handover, Phase, ReadyReason, Seat } from '#lib/domain/booth/state.ts';
import { personId, seatId } from '#lib/domain/ids.ts';
import {
	ASK_FORGOTTEN_MS,
	OFF,
	RESUME_MS,
	follow,
	planOf,
	rightOf,
	type AirAct,
	type Intent
} from './air.ts';

const me: Seat = { seat: seatId('me'), person: personId('user:1'), name: 'Ana' };
const mate: Seat = { seat: seatId('mate'), person: personId('user:2'), name: 'Léa' };

const ready = (active: Seat, reason: ReadyReason): Phase => ({ kind: 'ready', active, reason });
const goingLive = (active: Seat): Phase => ({ kind: 'going-live', active, deadline: 10_000 });
const live = (active: Seat): Phase => ({ kind: 'live', active, since: 0 });
const handing = (active: Seat, to: Seat, step: Handover['step']): Phase => ({
	kind: 'handing-over',
	active,
	since: 0,
	handover: { to, step, deadline: 10_000 }
});

const asking = (act: AirAct): Intent => ({ kind: 'asking', act, since: 0 });
const on = (proven: boolean): Intent => ({ kind: 'on', proven, lostAt: null });
const after = (intent: Intent, ...phases: Phase[]) =>
	phases.reduce((now, phase) => follow(now, phase, me.seat, 0), intent);

const PHASES: Phase[] = [
	{ kind: 'closed' },
	{ kind: 'empty' },
	...[me, mate].flatMap((active) => [
		...(
			[
				'not-asked',
				'stopped',
				'no-sound',
				'sound-lost',
				'seat-lost',
				'given',
				'reopened',
				'taken-off'
			] as const
		).map((reason) => ready(active, reason)),
		goingLive(active),
		live(active),
		...(['offered', 'requested', 'accepted', 'arriving'] as const).map((step) =>
			handing(active, active === me ? mate : me, step)
		)
	])
];

describe('a press on this page', () => {
	test('go live: waits for the booth, then publishes, then is proven', () => {
		expect(after(asking('go-live'), ready(me, 'not-asked'))).toEqual(asking('go-live'));
		expect(after(asking('go-live'), goingLive(me))).toEqual(on(false));
		expect(after(asking('go-live'), goingLive(me), live(me))).toEqual(on(true));
	});

	test('accept: publishes while the colleague is still on air', () => {
		const intent = after(
			asking('accept'),
			handing(mate, me, 'offered'),
			handing(mate, me, 'accepted')
		);
		expect(intent).toEqual(on(false));
		expect(planOf(intent, handing(mate, me, 'accepted'), me.seat)).toBe('publish');
		expect(after(intent, handing(mate, me, 'arriving'), live(me))).toEqual(on(true));
	});

	test('request: the microphone opens when the colleague agrees, and not when they do not', () => {
		const waiting = after(asking('request'), live(mate), handing(mate, me, 'requested'));
		expect(waiting).toEqual({ kind: 'waiting' });
		expect(planOf(waiting, handing(mate, me, 'requested'), me.seat)).toBe('release');
		expect(after(waiting, handing(mate, me, 'accepted'))).toEqual(on(false));
		expect(after(waiting, live(mate))).toEqual(OFF);
	});

	test('request in a silent booth gives the right and leaves the microphone shut', () => {
		expect(after(asking('request'), ready(me, 'given'))).toEqual(OFF);
	});

	test('is forgotten when the booth never confirms it', () => {
		const stale = follow(asking('go-live'), ready(me, 'not-asked'), me.seat, ASK_FORGOTTEN_MS + 1);
		expect(stale).toEqual(OFF);
	});
});

describe('a lost sound', () => {
	const lost = ready(me, 'sound-lost');

	test('comes back by itself after it was on air', () => {
		const intent = follow(on(true), lost, me.seat, 500);
		expect(planOf(intent, lost, me.seat)).toBe('ask-again');
		expect(after(intent, goingLive(me))).toMatchObject({ kind: 'on', lostAt: 500 });
		expect(after(intent, goingLive(me), live(me))).toEqual(on(true));
	});

	test('does not come back after two minutes', () => {
		const intent = follow(on(true), lost, me.seat, 0);
		expect(follow(intent, ready(me, 'no-sound'), me.seat, RESUME_MS)).not.toEqual(OFF);
		expect(follow(intent, ready(me, 'no-sound'), me.seat, RESUME_MS + 1)).toEqual(OFF);
		expect(follow(intent, goingLive(me), me.seat, RESUME_MS + 1)).toEqual(OFF);
	});

	test('that never was on air needs a new press', () => {
		expect(after(on(false), ready(me, 'no-sound'))).toEqual(OFF);
	});

	test.each([
		['the right moved', live(mate)],
		['it was stopped', ready(me, 'stopped')],
		['a coordinator gave the right anew', ready(me, 'given')],
		['the channel was closed', { kind: 'closed' } as const],
		['the newcomer’s handover was withdrawn', handing(mate, me, 'requested')]
	])('is let go when %s', (_, phase) => {
		expect(after(on(true), phase)).toEqual(OFF);
	});
});

describe('the outgoing one', () => {
	test('goes on speaking until the right has moved', () => {
		for (const step of ['offered', 'requested', 'accepted', 'arriving'] as const) {
			const intent = after(on(true), handing(me, mate, step));
			// While the newcomer arrives the line stays as it is: a new one would take the air back.
			expect(planOf(intent, handing(me, mate, step), me.seat)).toBe(
				step === 'arriving' ? 'keep' : 'publish'
			);
		}
		expect(planOf(after(on(true), live(mate)), live(mate), me.seat)).toBe('release');
	});
});

describe('for every sequence of views', () => {
	const sequence = fc.array(
		fc.record({ phase: fc.constantFrom(...PHASES), later: fc.nat(RESUME_MS) }),
		{ maxLength: 30 }
	);

	test('no view ever opens a microphone without a press', () => {
		fc.assert(
			fc.property(sequence, (views) => {
				let now = 0;
				let intent: Intent = OFF;
				for (const { phase, later } of views) {
					now += later;
					intent = follow(intent, phase, me.seat, now);
					expect(planOf(intent, phase, me.seat)).toBe('release');
				}
			})
		);
	});

	test('what is published is what the booth grants at that moment', () => {
		const presses = fc.constantFrom<AirAct>('go-live', 'accept', 'request');
		fc.assert(
			fc.property(presses, sequence, (act, views) => {
				let now = 0;
				let intent: Intent = { kind: 'asking', act, since: 0 };
				for (const { phase, later } of views) {
					now += later;
					intent = follow(intent, phase, me.seat, now);
					const plan = planOf(intent, phase, me.seat);
					if (plan === 'publish') expect(rightOf(phase, me.seat)).toBe('publish');
					if (plan === 'ask-again') expect(rightOf(phase, me.seat)).toBe('hold');
				}
			})
		);
	});

	test('an intent that ended stays ended', () => {
		const presses = fc.constantFrom<AirAct>('go-live', 'accept', 'request');
		fc.assert(
			fc.property(presses, sequence, (act, views) => {
				let intent: Intent = { kind: 'asking', act, since: 0 };
				let now = 0;
				let ended = false;
				for (const { phase, later } of views) {
					now += later;
					intent = follow(intent, phase, me.seat, now);
					if (ended) expect(intent).toEqual(OFF);
					ended ||= intent.kind === 'off';
				}
			})
		);
	});
});
