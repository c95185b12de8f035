import type { SeatId } from '#lib/domain/ids.ts';
import type { BoothState, Participant, Phase, Seat } from './state.ts';

export function participantOf(state: BoothState, seat: SeatId): Participant | undefined {
	return state.participants.find((one) => one.seat === seat);
}

/** Who holds the microphone right, or null. */
export function activeOf(phase: Phase): Seat | null {
	return phase.kind === 'closed' || phase.kind === 'empty' ? null : phase.active;
}

/** The bare seat of a participant, as it stands in a phase. */
export function seatOf({ seat, person, name }: Participant): Seat {
	return { seat, person, name };
}

/** Whether the media server receives this seat's sound, as far as the booth knows. */
export function isHeard(phase: Phase, seat: SeatId): boolean {
	return (phase.kind === 'live' || phase.kind === 'handing-over') && phase.active.seat === seat;
}

/**
 * Who holds the right next: the interpreter who has been here longest, connected ones first, without
 * counting the seat that goes.
 */
export function successor(state: BoothState, going: SeatId | null): Seat | null {
	const others = state.participants.filter(
		(one) => one.role === 'interpreter' && one.seat !== going
	);
	const next = others.find((one) => one.presence.kind === 'here') ?? others[0];
	return next ? seatOf(next) : null;
}
