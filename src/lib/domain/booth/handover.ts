import type { SeatId } from '#lib/domain/ids.ts';
import { ok, type Result } from '#lib/domain/result.ts';
import type { BoothEvent } from './event.ts';
import { refused, type BoothRefusalCode, type Decision } from './decision.ts';
import { participantOf, seatOf } from './seats.ts';
import {
	HANDOVER_ANSWER_MS,
	HANDOVER_ARRIVAL_MS,
	SEAT_GRACE_MS,
	type BoothState,
	type Handover,
	type Participant,
	type Seat
} from './state.ts';

/** The holder gives the right away: at once while off air, on air only when the other one answers. */
export function offer(state: BoothState, caller: Participant, to: SeatId, now: number): Decision {
	const { phase } = state;
	if (phase.kind === 'closed') return refused('booth_closed');
	if (phase.kind === 'empty' || phase.active.seat !== caller.seat) return refused('not_active');
	if (to === caller.seat) return refused('already_active');
	const target = interpreterHere(state, to);
	if (!target.ok) return target;
	switch (phase.kind) {
		case 'ready':
			return ok([{ type: 'right-given', to: target.value, how: 'offered' }]);
		case 'going-live':
			return refused('going_live');
		case 'live':
			return ok([{ type: 'offered', to: target.value, deadline: now + HANDOVER_ANSWER_MS }]);
		case 'handing-over':
			// Offer and request crossed: both want the same.
			return phase.handover.step === 'requested' && phase.handover.to.seat === to
				? ok([agreed(target.value, now)])
				: refused('handover_pending');
	}
}

/** Somebody else wants the right. Nobody needs to answer when nobody is on air, or nobody can answer. */
export function request(state: BoothState, caller: Participant, now: number): Decision {
	const { phase } = state;
	if (phase.kind === 'closed') return refused('booth_closed');
	if (phase.kind === 'empty') return refused('not_allowed');
	if (phase.active.seat === caller.seat) return refused('already_active');
	const to = seatOf(caller);
	switch (phase.kind) {
		case 'ready':
			return ok([{ type: 'right-given', to, how: 'requested' }]);
		case 'going-live':
			return refused('going_live');
		case 'live': {
			const isSamePerson = phase.active.person === caller.person;
			if (isSamePerson || isAway(state, phase.active.seat, now)) return ok([agreed(to, now)]);
			return ok([{ type: 'requested', to, deadline: now + HANDOVER_ANSWER_MS }]);
		}
		case 'handing-over':
			return phase.handover.step === 'offered' && phase.handover.to.seat === caller.seat
				? ok([agreed(to, now)])
				: refused('handover_pending');
	}
}

/** Says yes (`accept`) or no (`decline`) to what is offered to, or asked of, the caller. */
export function answer(
	state: BoothState,
	caller: Participant,
	says: 'accept' | 'decline',
	now: number
): Decision {
	const { phase } = state;
	if (phase.kind !== 'handing-over') return refused('no_handover');
	const { step, to } = phase.handover;
	if (step === 'accepted' || step === 'arriving') return refused('no_handover');
	const answerer = step === 'offered' ? to : phase.active;
	if (answerer.seat !== caller.seat) return refused('not_yours');
	return ok([says === 'accept' ? agreed(to, now) : { type: 'handover-ended', why: 'declined' }]);
}

/** Takes an unanswered offer or request back; once it is agreed, either side may. */
export function cancel({ phase }: BoothState, caller: Participant): Decision {
	if (phase.kind !== 'handing-over') return refused('no_handover');
	return mayCancel(phase.handover, phase.active, caller.seat)
		? ok([{ type: 'handover-ended', why: 'cancelled' }])
		: refused('not_yours');
}

/** A seat that may be given the right: an interpreter's, with a socket. */
export function interpreterHere(state: BoothState, seat: SeatId): Result<Seat, BoothRefusalCode> {
	const target = participantOf(state, seat);
	if (!target || target.presence.kind === 'lost') return refused('target_not_here');
	if (target.role !== 'interpreter') return refused('target_not_interpreter');
	return ok(seatOf(target));
}

function agreed(to: Seat, now: number): BoothEvent {
	return { type: 'accepted', to, deadline: now + HANDOVER_ARRIVAL_MS };
}

function mayCancel({ step, to }: Handover, active: Seat, caller: SeatId): boolean {
	if (step === 'offered') return active.seat === caller;
	if (step === 'requested') return to.seat === caller;
	return active.seat === caller || to.seat === caller;
}

/**
 * The holder's sound goes on but their socket has been gone for longer than the grace: nobody can answer,
 * and a colleague must be able to take over.
 */
function isAway(state: BoothState, seat: SeatId, now: number): boolean {
	const presence = participantOf(state, seat)?.presence;
	return presence?.kind === 'lost' && presence.since + SEAT_GRACE_MS <= now;
}
