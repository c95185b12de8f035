import { describe, expect, it } from 'vitest';
import {
	ANNA,
	ANNA_TOO,
	BEN,
	by,
	CLEO,
	DESK,
	GUEST,
	joinOf,
	type Player
} from '../../../../tests/support/booth-steps.ts';
import { allowedPublishers } from './allowed-publishers.ts';
import { PORTAL, type BoothCommand, type Caller } from './command.ts';
import { decide } from './decide.ts';
import { evolveAll } from './evolve.ts';
import { nextDeadline } from './expiry.ts';
import {
	EMPTY_BOOTH,
	GOING_LIVE_MS,
	HANDOVER_ANSWER_MS,
	HANDOVER_ARRIVAL_MS,
	SEAT_GRACE_MS,
	type BoothState
} from './state.ts';

/** One line of a story: who does what, and how long after the line before. */
type Line = readonly [
	who: Player | 'portal',
	what: BoothCommand | BoothCommand['type'],
	afterMs?: number
];

const START = 1_000_000;
const heard = (who: Player | null, at?: number) => ({ publisher: who?.seat ?? null, at });

function tell(lines: readonly Line[], from: BoothState = EMPTY_BOOTH, start = START) {
	let now = start;
	let state = from;
	const answers: string[] = [];
	for (const [who, what, afterMs = 1] of lines) {
		now += afterMs;
		const caller: Caller = who === 'portal' ? PORTAL : by(who);
		const command = resolve(what, who, now);
		const decision = decide(state, command, { by: caller, now });
		answers.push(
			decision.ok ? decision.value.map((event) => event.type).join('+') : decision.error.code
		);
		if (decision.ok) state = evolveAll(state, decision.value);
	}
	return { state, now, answers, last: answers.at(-1), summary: summary(state) };
}

/** `join` alone means with the player's own role; an observation without a moment was asked for just now. */
function resolve(what: Line[1], who: Line[0], now: number): BoothCommand {
	if (typeof what !== 'string')
		return what.type === 'media-observed' && what.at === 0 ? { ...what, at: now } : what;
	if (what === 'join' && who !== 'portal') return joinOf(who);
	if (what === 'return' && who !== 'portal')
		return { type: 'return', person: who.person, portal: 'p2' };
	return { type: what } as BoothCommand;
}

function summary({ phase }: BoothState): string {
	switch (phase.kind) {
		case 'closed':
		case 'empty':
			return phase.kind;
		case 'ready':
			return `ready ${phase.active.seat} ${phase.reason}`;
		case 'going-live':
		case 'live':
			return `${phase.kind} ${phase.active.seat}`;
		case 'handing-over':
			return `${phase.active.seat} ${phase.handover.step} ${phase.handover.to.seat}`;
	}
}

const hears = (who: Player | null): BoothCommand => ({
	type: 'media-observed',
	...heard(who),
	at: 0
});
const offerTo = ({ seat }: Player): BoothCommand => ({ type: 'offer', to: seat });
const assign = ({ seat }: Player): BoothCommand => ({ type: 'set-active', to: seat });
const dropped = ({ seat }: Player): BoothCommand => ({ type: 'disconnect', seat, portal: 'p1' });

const both: Line[] = [
	[ANNA, 'join'],
	[BEN, 'join']
];
const annaLive: Line[] = [...both, [ANNA, 'go-live'], ['portal', hears(ANNA)]];
const offered: Line[] = [...annaLive, [ANNA, offerTo(BEN)]];
const requested: Line[] = [...annaLive, [BEN, 'request']];
const accepted: Line[] = [...offered, [BEN, 'accept']];
const arriving: Line[] = [...accepted, [BEN, 'ticket-issued']];

describe('a booth', () => {
	const stories: readonly (readonly [name: string, lines: readonly Line[], ends: string])[] = [
		['is empty at first', [], 'empty'],
		[
			'gives the right to the first interpreter, off air',
			[[ANNA, 'join']],
			'ready anna-1 not-asked'
		],
		['keeps the right with the first when more join', both, 'ready anna-1 not-asked'],
		[
			'gives it to no coordinator or observer',
			[
				[DESK, 'join'],
				[GUEST, 'join']
			],
			'empty'
		],
		[
			'gives it to an interpreter who joins after a coordinator',
			[
				[DESK, 'join'],
				[BEN, 'join']
			],
			'ready ben-1 not-asked'
		],
		['waits for sound after go-live', [...both, [ANNA, 'go-live']], 'going-live anna-1'],
		['is live when the media server receives the active seat', annaLive, 'live anna-1'],
		[
			'is not live by the sound of another seat of the same person',
			[
				[ANNA, 'join'],
				[ANNA_TOO, 'join'],
				[ANNA, 'go-live'],
				['portal', hears(ANNA_TOO)]
			],
			'going-live anna-1'
		],
		[
			'is ready again when no sound came',
			[...both, [ANNA, 'go-live'], ['portal', 'tick', GOING_LIVE_MS]],
			'ready anna-1 no-sound'
		],
		[
			'still waits a moment before the deadline',
			[...both, [ANNA, 'go-live'], ['portal', 'tick', GOING_LIVE_MS - 1]],
			'going-live anna-1'
		],
		['stops', [...annaLive, [ANNA, 'stop']], 'ready anna-1 stopped'],
		[
			'stops while going live',
			[...both, [ANNA, 'go-live'], [ANNA, 'stop']],
			'ready anna-1 stopped'
		],
		[
			'says so when the sound is lost',
			[...annaLive, ['portal', hears(null)]],
			'ready anna-1 sound-lost'
		],
		[
			'takes no notice of sound in ready',
			[...both, ['portal', hears(ANNA)]],
			'ready anna-1 not-asked'
		],
		[
			'moves the right at once by an offer while off air',
			[...both, [ANNA, offerTo(BEN)]],
			'ready ben-1 given'
		],
		[
			'moves the right at once by a request while off air',
			[...both, [BEN, 'request']],
			'ready ben-1 given'
		],
		['offers while live', offered, 'anna-1 offered ben-1'],
		['asks while live', requested, 'anna-1 requested ben-1'],
		['agrees by the newcomer', accepted, 'anna-1 accepted ben-1'],
		['agrees by the holder', [...requested, [ANNA, 'accept']], 'anna-1 accepted ben-1'],
		['agrees when request meets offer', [...offered, [BEN, 'request']], 'anna-1 accepted ben-1'],
		[
			'agrees when offer meets request',
			[...requested, [ANNA, offerTo(BEN)]],
			'anna-1 accepted ben-1'
		],
		['awaits the newcomer once they have a token', arriving, 'anna-1 arriving ben-1'],
		['hands over when the newcomer is heard', [...arriving, ['portal', hears(BEN)]], 'live ben-1'],
		[
			'hands over even when the token was not noted',
			[...accepted, ['portal', hears(BEN)]],
			'live ben-1'
		],
		[
			'stays while the old voice goes on',
			[...arriving, ['portal', hears(ANNA)]],
			'anna-1 arriving ben-1'
		],
		['stays with the old one when declined', [...offered, [BEN, 'decline']], 'live anna-1'],
		['stays when the holder declines', [...requested, [ANNA, 'decline']], 'live anna-1'],
		['stays when an offer is withdrawn', [...offered, [ANNA, 'cancel']], 'live anna-1'],
		['stays when a request is withdrawn', [...requested, [BEN, 'cancel']], 'live anna-1'],
		['stays when the holder withdraws late', [...arriving, [ANNA, 'cancel']], 'live anna-1'],
		['stays when the newcomer withdraws late', [...arriving, [BEN, 'cancel']], 'live anna-1'],
		[
			'forgets an offer nobody answers',
			[...offered, ['portal', 'tick', HANDOVER_ANSWER_MS]],
			'live anna-1'
		],
		[
			'forgets a request nobody answers',
			[...requested, ['portal', 'tick', HANDOVER_ANSWER_MS]],
			'live anna-1'
		],
		[
			'stays when the newcomer never gets a token',
			[...accepted, ['portal', 'tick', HANDOVER_ARRIVAL_MS]],
			'live anna-1'
		],
		[
			'stays when the newcomer is never heard',
			[...arriving, ['portal', 'tick', HANDOVER_ARRIVAL_MS]],
			'live anna-1'
		],
		[
			'drops an unanswered offer with the sound',
			[...offered, ['portal', hears(null)]],
			'ready anna-1 sound-lost'
		],
		[
			'passes on to an agreed newcomer when the old voice breaks off',
			[...arriving, ['portal', hears(null)]],
			'going-live ben-1'
		],
		[
			'passes on to an agreed newcomer when the old one stops',
			[...arriving, [ANNA, 'stop']],
			'going-live ben-1'
		],
		[
			'drops an unanswered offer when stopped',
			[...offered, [ANNA, 'stop']],
			'ready anna-1 stopped'
		],
		[
			'gives the right to a second page of the same person without a question',
			[...annaLive, [ANNA_TOO, 'join'], [ANNA_TOO, 'request']],
			'anna-1 accepted anna-2'
		],
		[
			'gives the right to the boothmate when the holder leaves',
			[...annaLive, [ANNA, 'leave']],
			'ready ben-1 seat-lost'
		],
		[
			'is empty when the last interpreter leaves',
			[
				[ANNA, 'join'],
				[DESK, 'join'],
				[ANNA, 'leave']
			],
			'empty'
		],
		['ends an offer when the newcomer leaves', [...offered, [BEN, 'leave']], 'live anna-1'],
		['ends a request when the asker leaves', [...requested, [BEN, 'leave']], 'live anna-1'],
		[
			'ends an agreed handover when the newcomer leaves',
			[...arriving, [BEN, 'leave']],
			'live anna-1'
		],
		[
			'ends an offer when the holder leaves',
			[...offered, [ANNA, 'leave']],
			'ready ben-1 seat-lost'
		],
		[
			'ends a request when the holder leaves',
			[...requested, [ANNA, 'leave']],
			'ready ben-1 seat-lost'
		],
		[
			'passes on when the holder leaves an agreed handover',
			[...accepted, [ANNA, 'leave']],
			'going-live ben-1'
		],
		['is closed, also from live', [...annaLive, ['portal', 'close']], 'closed'],
		[
			'opens off air with the longest-standing interpreter',
			[...annaLive, ['portal', 'close'], ['portal', 'open']],
			'ready anna-1 reopened'
		],
		[
			'opens empty when nobody is there',
			[
				['portal', 'close'],
				['portal', 'open']
			],
			'empty'
		],
		[
			'gives no right to who joins while closed',
			[
				['portal', 'close'],
				[ANNA, 'join']
			],
			'closed'
		],
		[
			'is assigned by a coordinator, off air',
			[...annaLive, [DESK, 'join'], [DESK, assign(BEN)]],
			'ready ben-1 given'
		],
		[
			'ends a handover when the coordinator names the holder',
			[...arriving, [DESK, 'join'], [DESK, assign(ANNA)]],
			'live anna-1'
		],
		[
			'keeps the seat of a lost page within the grace',
			[...both, ['portal', dropped(ANNA)], ['portal', 'tick', SEAT_GRACE_MS - 1]],
			'ready anna-1 not-asked'
		],
		[
			'gives the right on after the grace',
			[...both, ['portal', dropped(ANNA)], ['portal', 'tick', SEAT_GRACE_MS]],
			'ready ben-1 seat-lost'
		],
		[
			'keeps the seat for the page that comes back',
			[
				...both,
				['portal', dropped(ANNA)],
				[ANNA, 'return', 500],
				['portal', 'tick', SEAT_GRACE_MS]
			],
			'ready anna-1 not-asked'
		],
		[
			'keeps a lost page that is still heard',
			[...annaLive, ['portal', dropped(ANNA)], ['portal', 'tick', 10 * SEAT_GRACE_MS]],
			'live anna-1'
		],
		[
			'counts the grace from the end of its sound',
			[
				...annaLive,
				['portal', dropped(ANNA)],
				['portal', hears(null), 60_000],
				['portal', 'tick', SEAT_GRACE_MS - 1]
			],
			'ready anna-1 sound-lost'
		],
		[
			'then gives the right on',
			[
				...annaLive,
				['portal', dropped(ANNA)],
				['portal', hears(null), 60_000],
				['portal', 'tick', SEAT_GRACE_MS]
			],
			'ready ben-1 seat-lost'
		],
		[
			'prefers a connected successor',
			[...both, [CLEO, 'join'], ['portal', dropped(BEN)], [ANNA, 'leave']],
			'ready cleo-1 seat-lost'
		],
		[
			'lets a colleague take over from a voice whose page is gone',
			[...annaLive, ['portal', dropped(ANNA)], [BEN, 'request', SEAT_GRACE_MS]],
			'anna-1 accepted ben-1'
		],
		[
			'waits anew for a lost page when a portal has started',
			[
				...both,
				['portal', dropped(ANNA)],
				['portal', 'portal-started', 60_000],
				['portal', 'tick', SEAT_GRACE_MS - 1]
			],
			'ready anna-1 not-asked'
		],
		[
			'waits anew for a first sound when a portal has started',
			[...both, [ANNA, 'go-live'], ['portal', 'portal-started', 60_000], ['portal', hears(ANNA)]],
			'live anna-1'
		],
		[
			'waits anew for a newcomer when a portal has started',
			[
				...arriving,
				['portal', 'portal-started', 60_000],
				['portal', 'tick'],
				['portal', hears(BEN)]
			],
			'live ben-1'
		],
		[
			'first asks a page that is only just gone',
			[...annaLive, ['portal', dropped(ANNA)], [BEN, 'request']],
			'anna-1 requested ben-1'
		],
		[
			'is empty when all are lost together',
			[
				...both,
				['portal', { type: 'portal-lost', portal: 'p1' }],
				['portal', 'tick', SEAT_GRACE_MS]
			],
			'empty'
		],
		[
			'loses nobody with another portal',
			[
				...both,
				['portal', { type: 'portal-lost', portal: 'p2' }],
				['portal', 'tick', SEAT_GRACE_MS]
			],
			'ready anna-1 not-asked'
		],
		[
			'ignores the late goodbye of a socket whose page has moved on',
			[...both, [ANNA, 'return'], ['portal', dropped(ANNA)], ['portal', 'tick', SEAT_GRACE_MS]],
			'ready anna-1 not-asked'
		]
	];
	it.each(stories)('%s', (_name, lines, ends) => {
		expect(tell(lines).summary).toBe(ends);
	});
});

describe('a refusal', () => {
	const refusals: readonly (readonly [code: string, lines: readonly Line[]])[] = [
		['not_joined', [[ANNA, 'go-live']]],
		['not_joined', [[DESK, 'close']]],
		[
			'already_joined',
			[
				[ANNA, 'join'],
				[ANNA, 'join']
			]
		],
		['seat_gone', [[ANNA, 'return']]],
		[
			'seat_gone',
			[
				[ANNA, 'join'],
				[ANNA, { type: 'return', person: BEN.person, portal: 'p1' }]
			]
		],
		['not_allowed', [[{ ...GUEST, role: 'interpreter' }, 'join']]],
		['not_allowed', [[{ ...ANNA, role: 'coordinator' }, 'join']]],
		['not_allowed', [...both, [DESK, 'join'], [DESK, 'go-live']]],
		['not_allowed', [...both, [DESK, 'join'], [DESK, 'request']]],
		['not_allowed', [...both, [BEN, assign(BEN)]]],
		['not_allowed', [...both, [BEN, 'close']]],
		['not_allowed', [...both, [ANNA, { type: 'media-observed', publisher: ANNA.seat, at: START }]]],
		['not_allowed', [...both, [ANNA, 'tick']]],
		['not_allowed', [...both, [{ ...ANNA, permissions: ['booth:view'] }, 'go-live']]],
		['booth_closed', [...both, ['portal', 'close'], [ANNA, 'go-live']]],
		['booth_closed', [...both, ['portal', 'close'], [BEN, 'request']]],
		['booth_closed', [...both, ['portal', 'close'], ['portal', assign(BEN)]]],
		['not_active', [...both, [BEN, 'go-live']]],
		['not_active', [...annaLive, [BEN, 'stop']]],
		['not_active', [...both, [ANNA, 'ticket-issued']]],
		['not_active', [...offered, [BEN, 'ticket-issued']]],
		['handover_pending', [...arriving, [ANNA, 'ticket-issued']]],
		['not_active', [...annaLive, [BEN, offerTo(BEN)]]],
		['already_active', [...annaLive, [ANNA, 'request']]],
		['not_on_air', [...both, [ANNA, 'stop']]],
		['going_live', [...both, [ANNA, 'go-live'], [BEN, 'request']]],
		['handover_pending', [...offered, [CLEO, 'join'], [CLEO, 'request']]],
		['handover_pending', [...accepted, [BEN, 'request']]],
		['no_handover', [...annaLive, [BEN, 'accept']]],
		['no_handover', [...accepted, [ANNA, 'accept']]],
		['not_yours', [...offered, [ANNA, 'accept']]],
		['not_yours', [...requested, [BEN, 'accept']]],
		['not_yours', [...offered, [BEN, 'cancel']]],
		['not_yours', [...accepted, [CLEO, 'join'], [CLEO, 'cancel']]],
		['target_not_here', [...annaLive, [ANNA, offerTo(CLEO)]]],
		['target_not_here', [...annaLive, ['portal', dropped(BEN)], [ANNA, offerTo(BEN)]]],
		['target_not_interpreter', [...annaLive, [DESK, 'join'], [ANNA, offerTo(DESK)]]]
	];
	it.each(refusals)('%s', (code, lines) => {
		expect(tell(lines).last).toBe(code);
	});
});

describe('an interpreter whose right was withdrawn', () => {
	it('can still stop', () => {
		const revoked = { ...ANNA, permissions: ['booth:view'] as const };
		expect(tell([...annaLive, [revoked, 'stop']]).summary).toBe('ready anna-1 stopped');
	});
});

describe('an observation', () => {
	it('asked for before the handover says nothing about the new voice', () => {
		const { state, now } = tell([...arriving, ['portal', hears(BEN)]]);
		const stale: Line = ['portal', { type: 'media-observed', publisher: ANNA.seat, at: now - 1 }];
		expect(tell([stale], state, now).summary).toBe('live ben-1');
	});
	it('asked for before go-live does not make the booth live', () => {
		const { state, now } = tell([...both, [ANNA, 'go-live']]);
		const stale: Line = ['portal', { type: 'media-observed', publisher: ANNA.seat, at: now - 1 }];
		expect(tell([stale], state, now).summary).toBe('going-live anna-1');
	});
});

describe('repeating', () => {
	it.each([
		['go-live while going live', [...both, [ANNA, 'go-live'], [ANNA, 'go-live', 5_000]]],
		['go-live while live', [...annaLive, [ANNA, 'go-live']]],
		['a token while arriving', [...arriving, [BEN, 'ticket-issued', 5_000]]],
		['a token of the live one', [...annaLive, [ANNA, 'ticket-issued']]],
		['open', [...both, ['portal', 'open']]],
		['a portal’s start', [...annaLive, ['portal', 'portal-started']]],
		['close', [...both, ['portal', 'close'], ['portal', 'close']]],
		['return', [...both, ['portal', dropped(ANNA)], [ANNA, 'return'], [ANNA, 'return']]]
	] as [string, Line[]][])('%s changes nothing and gains no time', (_name, lines) => {
		expect(tell(lines).last).toBe('');
	});
});

it('has no deadline while nothing is pending, and one while a seat is lost', () => {
	expect(nextDeadline(tell(annaLive).state)).toBeNull();
	const { state, now } = tell([...annaLive, ['portal', dropped(BEN)]]);
	expect(nextDeadline(state)).toBe(now + SEAT_GRACE_MS);
	expect(nextDeadline(tell([...annaLive, ['portal', dropped(ANNA)]]).state)).toBeNull();
});

it.each([
	['ready', both, []],
	['going-live', [...both, [ANNA, 'go-live']], [ANNA.seat]],
	['live', annaLive, [ANNA.seat]],
	['offered', offered, [ANNA.seat]],
	['requested', requested, [ANNA.seat]],
	['accepted', accepted, [ANNA.seat, BEN.seat]],
	['arriving', arriving, [ANNA.seat, BEN.seat]],
	['closed', [...arriving, ['portal', 'close']], []]
] as [string, Line[], string[]][])(
	'allows the right publishers while %s',
	(_phase, lines, seats) => {
		expect(allowedPublishers(tell(lines).state)).toEqual(seats);
	}
);
