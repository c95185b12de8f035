import type { SeatId } from '#lib/domain/ids.ts';
import { ok } from '#lib/domain/result.ts';
import type { Caller, SeatCommand } from './command.ts';
import type { BoothEvent } from './event.ts';
import { refused, type Decision } from './decision.ts';
import { activeOf, participantOf, successor } from './seats.ts';
import { GOING_LIVE_MS, type BoothState, type Participant } from './state.ts';

type Named<T extends SeatCommand['type']> = Extract<SeatCommand, { type: T }>;
type SeatCaller = Extract<Caller, { kind: 'seat' }>;

/** A new page. Never opens a microphone: the first interpreter of an empty booth gets the right, off air. */
export function join(
	state: BoothState,
	{ person, name, role, portal }: Named<'join'>,
	{ seat, permissions }: SeatCaller,
	now: number
): Decision {
	if (participantOf(state, seat)) return refused('already_joined');
	const needed = {
		interpreter: 'booth:interpret',
		coordinator: 'booth:coordinate',
		observer: 'booth:view'
	} as const;
	if (!permissions.includes(needed[role])) return refused('not_allowed');
	const joined: BoothEvent = {
		type: 'joined',
		participant: { seat, person, name, role, portal, joinedAt: now, presence: { kind: 'here' } }
	};
	return ok(
		state.phase.kind === 'empty' && role === 'interpreter'
			? [joined, { type: 'right-given', to: { seat, person, name }, how: 'joined' }]
			: [joined]
	);
}

/** The same page is back in its seat. What it held it holds; nothing else changes. */
export function comeBack(
	state: BoothState,
	{ person, portal }: Named<'return'>,
	{ seat }: SeatCaller
): Decision {
	const participant = participantOf(state, seat);
	if (!participant || participant.person !== person) return refused('seat_gone');
	if (participant.presence.kind === 'here' && participant.portal === portal) return ok([]);
	return ok([{ type: 'returned', seat, portal }]);
}

export function loseConnection(
	state: BoothState,
	lost: (one: Participant) => boolean,
	now: number
): readonly BoothEvent[] {
	return state.participants
		.filter((one) => one.presence.kind === 'here' && lost(one))
		.map(({ seat }) => ({ type: 'connection-lost', seat, at: now }));
}

/** A seat goes, by `leave` or because its grace is over; no handover it is part of survives it. */
export function removal(
	state: BoothState,
	seat: SeatId,
	why: 'left' | 'lost',
	now: number
): readonly BoothEvent[] {
	const { phase } = state;
	const gone: BoothEvent = { type: 'left', seat, why };
	const isActive = activeOf(phase)?.seat === seat;
	if (phase.kind === 'handing-over') {
		const { step, to } = phase.handover;
		const cancelled: BoothEvent = { type: 'handover-ended', why: 'cancelled' };
		if (to.seat === seat) return [cancelled, gone];
		if (isActive && (step === 'accepted' || step === 'arriving'))
			return [{ type: 'passed-on', deadline: now + GOING_LIVE_MS }, gone];
		if (isActive) return [cancelled, succession(state, seat), gone];
	}
	return isActive ? [succession(state, seat), gone] : [gone];
}

function succession(state: BoothState, seat: SeatId): BoothEvent {
	const next = successor(state, seat);
	return next ? { type: 'right-given', to: next, how: 'holder-gone' } : { type: 'emptied' };
}
