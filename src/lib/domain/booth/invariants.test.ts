import { expect, it } from 'vitest';
import { ANNA, BEN, by, DESK } from '../../../../tests/support/booth-steps.ts';
import { PORTAL } from './command.ts';
import { brokenByStep, brokenInState, type Step } from './invariants.ts';
import type { BoothState, Participant, Phase } from './state.ts';

// The predicates guard everything else: each must be able to say no.

const seat = { seat: ANNA.seat, person: ANNA.person, name: 'Anna' };
const other = { seat: BEN.seat, person: BEN.person, name: 'Ben' };
const here = (who: typeof seat, role: Participant['role'] = 'interpreter'): Participant => ({
	...who,
	role,
	joinedAt: 0,
	portal: 'p1',
	presence: { kind: 'here' }
});
const booth = (phase: Phase, ...participants: Participant[]): BoothState => ({
	phase,
	participants
});
const ready: Phase = { kind: 'ready', active: seat, reason: 'not-asked' };
const live: Phase = { kind: 'live', active: seat, since: 0 };

it.each([
	['an active one who is not here', booth(ready, here(other))],
	['an active coordinator', booth(ready, here(seat, 'coordinator'))],
	['an empty booth with an interpreter', booth({ kind: 'empty' }, here(seat))],
	['the same seat twice', booth(ready, here(seat), here(seat))],
	[
		'a handover to oneself',
		booth(
			{
				kind: 'handing-over',
				active: seat,
				since: 0,
				handover: { step: 'offered', to: seat, deadline: 1 }
			},
			here(seat)
		)
	],
	[
		'a handover to somebody who left',
		booth(
			{
				kind: 'handing-over',
				active: seat,
				since: 0,
				handover: { step: 'requested', to: other, deadline: 1 }
			},
			here(seat)
		)
	]
])('finds %s', (_name, state) => {
	expect(brokenInState(state)).not.toEqual([]);
});

it('finds nothing in a sound state', () => {
	expect(brokenInState(booth(live, here(seat), here(other)))).toEqual([]);
});

const step = (change: Partial<Step>): Step => ({
	before: booth(ready, here(seat), here(other)),
	command: { type: 'tick' },
	context: { by: PORTAL, now: 0 },
	decision: { ok: true, value: [{ type: 'stopped' }] },
	after: booth(ready, here(seat), here(other)),
	consents: new Set(),
	...change
});
const goingLive: Phase = { kind: 'going-live', active: seat, deadline: 5_000 };

it.each([
	[
		'promotion that opens a microphone',
		{
			command: { type: 'set-active', to: seat.seat },
			after: booth(goingLive, here(seat)),
			consents: new Set([seat.seat])
		}
	],
	[
		'going live without an act of one’s own',
		{ command: { type: 'go-live' }, after: booth(goingLive, here(seat)) }
	],
	[
		'live without the media server',
		{
			before: booth(goingLive, here(seat)),
			after: booth(live, here(seat)),
			command: { type: 'go-live' },
			consents: new Set([seat.seat])
		}
	],
	['a live voice ended by time', { before: booth(live, here(seat)) }],
	[
		'a live voice stopped by another',
		{
			before: booth(live, here(seat), here(other)),
			command: { type: 'stop' },
			context: { by: by(BEN), now: 0 }
		}
	],
	[
		'a received voice taken off',
		{
			before: booth(live, here(seat)),
			command: { type: 'media-observed', publisher: seat.seat, at: 0 }
		}
	],
	[
		'an overdue step after a tick',
		{
			after: booth(goingLive, here(seat)),
			consents: new Set([seat.seat]),
			context: { by: PORTAL, now: 6_000 }
		}
	],
	[
		'a refusal that changes something',
		{ decision: { ok: false, error: { code: 'not_active', message: '' } } }
	],
	[
		'a step that waits for ever',
		{
			command: { type: 'go-live' },
			after: booth({ ...goingLive, deadline: 900_000 }, here(seat)),
			consents: new Set([seat.seat]),
			context: { by: by(DESK), now: 0 }
		}
	]
] as [string, Partial<Step>][])('finds %s', (_name, change) => {
	expect(brokenByStep(step(change))).not.toEqual([]);
});
