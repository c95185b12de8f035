import fc from 'fast-check';
import { allowedPublishers } from '#lib/domain/booth/allowed-publishers.ts';
import {
	PORTAL,
	type BoothCommand,
	type BoothPermission,
	type Caller
} from '#lib/domain/booth/command.ts';
import { decide } from '#lib/domain/booth/decide.ts';
import { evolveAll } from '#lib/domain/booth/evolve.ts';
import { consentsAfter, type Step } from '#lib/domain/booth/invariants.ts';
import { EMPTY_BOOTH, type BoothState, type ParticipantRole } from '#lib/domain/booth/state.ts';
import { view } from '#lib/domain/booth/view.ts';
import { boothId, personId, seatId, type PersonId, type SeatId } from '#lib/domain/ids.ts';

/** The cast of the random booth: Anna has two pages open, everybody else one. */
export type Player = {
	readonly seat: SeatId;
	readonly person: PersonId;
	readonly role: ParticipantRole;
	readonly permissions: readonly BoothPermission[];
};

const INTERPRET: readonly BoothPermission[] = ['booth:view', 'booth:chat', 'booth:interpret'];
const COORDINATE: readonly BoothPermission[] = ['booth:view', 'booth:chat', 'booth:coordinate'];

const player = (
	seat: string,
	person: string,
	role: ParticipantRole,
	permissions: readonly BoothPermission[]
): Player => ({ seat: seatId(seat), person: personId(person), role, permissions });

export const ANNA = player('anna-1', 'anna', 'interpreter', INTERPRET);
export const ANNA_TOO = player('anna-2', 'anna', 'interpreter', INTERPRET);
export const BEN = player('ben-1', 'ben', 'interpreter', INTERPRET);
export const CLEO = player('cleo-1', 'cleo', 'interpreter', INTERPRET);
export const DESK = player('desk-1', 'desk', 'coordinator', COORDINATE);
export const GUEST = player('guest-1', 'guest', 'observer', ['booth:view']);
export const PLAYERS = [ANNA, ANNA_TOO, BEN, CLEO, DESK, GUEST] as const;

export const by = ({ seat, permissions }: Player): Caller => ({ kind: 'seat', seat, permissions });

export const joinOf = ({ person, role }: Player, portal = 'p1'): BoothCommand => ({
	type: 'join',
	person,
	name: person,
	role,
	portal
});

type Move = { readonly by: Caller; readonly command: BoothCommand };

/**
 * One random step: how much time went by, and then either any move at all or, so that long stories come
 * about, the `pick`th of those that make sense now.
 */
export type RandomStep = {
	readonly waitMs: number;
	/** How long before now the media server was asked, for an observation. */
	readonly ageMs: number;
	readonly move: Move | { readonly pick: number };
};

const aPlayer = fc.constantFrom(...PLAYERS);
const aSeat = aPlayer.map((one) => one.seat);
const aPortal = fc.constantFrom('p1', 'p2');
const aWait = fc.oneof(
	{ weight: 8, arbitrary: fc.integer({ min: 0, max: 900 }) },
	{ weight: 2, arbitrary: fc.integer({ min: 0, max: 12_000 }) },
	{ weight: 1, arbitrary: fc.integer({ min: 0, max: 90_000 }) }
);
const anAge = fc.oneof(
	{ weight: 4, arbitrary: fc.constant(0) },
	{ weight: 1, arbitrary: fc.integer({ min: 0, max: 4_000 }) }
);

const SIMPLE = [
	...(['leave', 'go-live', 'stop', 'request', 'accept', 'decline'] as const),
	...(['cancel', 'ticket-issued', 'open', 'close'] as const)
];

const seatMove: fc.Arbitrary<Move> = aPlayer.chain((who) =>
	fc
		.oneof(
			fc.constant(joinOf(who)),
			aPortal.map((portal): BoothCommand => ({ type: 'return', person: who.person, portal })),
			{ weight: 6, arbitrary: fc.constantFrom(...SIMPLE).map((type) => ({ type })) },
			aSeat.map((to): BoothCommand => ({ type: 'offer', to })),
			aSeat.map((to): BoothCommand => ({ type: 'set-active', to })),
			fc.constantFrom<BoothCommand>(
				{ type: 'take-off', reason: 'too loud' },
				{ type: 'relay', from: boothId(7) },
				{ type: 'relay', from: null },
				{ type: 'consent', captions: true },
				{ type: 'consent', captions: false }
			)
		)
		.map((command) => ({ by: by(who), command }))
);

const portalMove: fc.Arbitrary<Move> = fc
	.oneof(
		fc.record({ type: fc.constant('disconnect' as const), seat: aSeat, portal: aPortal }),
		aPortal.map((portal) => ({ type: 'portal-lost', portal }) as const),
		fc.constantFrom('tick' as const, 'portal-started' as const).map((type) => ({ type })),
		fc.record({
			type: fc.constant('media-observed' as const),
			publisher: fc.option(aSeat, { freq: 3 }),
			at: fc.constant(0)
		})
	)
	.map((command) => ({ by: PORTAL, command }));

/** Pages, clocks and the media server know nothing of each other: their steps come in any order. */
export const randomSteps: fc.Arbitrary<RandomStep[]> = fc.array(
	fc.record({
		waitMs: aWait,
		ageMs: anAge,
		move: fc.oneof(
			{ weight: 2, arbitrary: seatMove },
			{ weight: 1, arbitrary: portalMove },
			{ weight: 5, arbitrary: fc.nat(9_999).map((pick) => ({ pick })) }
		)
	}),
	{ maxLength: 50, size: 'max' }
);

/** What the people, the media server and the clock are likely to do next. */
function sensible(state: BoothState): Move[] {
	const moves: Move[] = allowedPublishers(state).flatMap((publisher) => [
		{ by: PORTAL, command: { type: 'media-observed', publisher, at: 0 } },
		{ by: PORTAL, command: { type: 'media-observed', publisher, at: 0 } }
	]);
	moves.push({ by: PORTAL, command: { type: 'tick' } });
	for (const who of PLAYERS) {
		const here = state.participants.find((one) => one.seat === who.seat);
		if (here === undefined) {
			moves.push({ by: by(who), command: joinOf(who) });
			continue;
		}
		if (here.presence.kind === 'lost')
			moves.push({ by: by(who), command: { type: 'return', person: who.person, portal: 'p2' } });
		for (const act of view(state, who.permissions, who.seat).acts) {
			if (act === 'chat') continue;
			if (act === 'close' || act === 'set-active') continue;
			const command: BoothCommand =
				act === 'offer' ? { type: act, to: (who === BEN ? CLEO : BEN).seat } : { type: act };
			moves.push({ by: by(who), command });
		}
		if (allowedPublishers(state).includes(who.seat))
			moves.push({ by: by(who), command: { type: 'ticket-issued' } });
	}
	return moves;
}

export type Run = {
	readonly steps: readonly Step[];
	readonly state: BoothState;
	readonly now: number;
};

const START = 1_700_000_000_000;

/** Plays steps from an empty booth and keeps what happened. */
export function play(random: readonly RandomStep[]): Run {
	let state: BoothState = EMPTY_BOOTH;
	let now = START;
	let consents: ReadonlySet<SeatId> = new Set();
	const steps: Step[] = [];
	for (const { waitMs, ageMs, move } of random) {
		now += waitMs;
		const choices = 'pick' in move ? sensible(state) : [move];
		const chosen = choices['pick' in move ? move.pick % choices.length : 0];
		if (chosen === undefined) continue;
		const command: BoothCommand =
			chosen.command.type === 'media-observed'
				? { ...chosen.command, at: now - ageMs }
				: chosen.command;
		const context = { by: chosen.by, now };
		const before = state;
		const decision = decide(before, command, context);
		if (decision.ok && decision.value.length > 0) state = evolveAll(before, decision.value);
		const step = { before, command, context, decision, after: state };
		consents = consentsAfter(step, consents);
		steps.push({ ...step, consents });
	}
	return { steps, state, now };
}
