import { unreachable } from '#lib/domain/result.ts';
import type { BoothEvent } from './event.ts';
import { nextPhase, ready, REASONS, renewed } from './next-phase.ts';
import { successor } from './seats.ts';
import type { BoothState, Participant, Phase, Seat } from './state.ts';

/** The state after an event. Total: an event that does not fit the phase changes nothing. */
export function evolve(state: BoothState, event: BoothEvent): BoothState {
	switch (event.type) {
		case 'joined':
			return { ...state, participants: [...state.participants, event.participant] };
		case 'left':
			return {
				...state,
				participants: state.participants.filter((one) => one.seat !== event.seat)
			};
		case 'connection-lost':
			return withParticipant(state, event.seat, (one) => ({
				...one,
				presence: { kind: 'lost', since: event.at }
			}));
		case 'returned':
			return withParticipant(state, event.seat, (one) => ({
				...one,
				portal: event.portal,
				presence: { kind: 'here' }
			}));
		case 'relay-chosen':
			return withParticipant(state, event.seat, (one) => ({ ...one, relay: event.from }));
		case 'consented':
			return withParticipant(state, event.seat, (one) => ({ ...one, captions: event.captions }));
		case 'waits-renewed':
			return {
				participants: state.participants.map((one) =>
					one.presence.kind === 'here'
						? one
						: { ...one, presence: { kind: 'lost', since: event.at } }
				),
				phase: renewed(state.phase, event.at)
			};
		case 'right-given':
			return inPhase(state, ready(event.to, REASONS[event.how]));
		case 'emptied':
			return inPhase(state, { kind: 'empty' });
		case 'closed':
			return inPhase(state, { kind: 'closed' });
		case 'opened': {
			const next = successor(state, null);
			return inPhase(state, next ? ready(next, 'reopened') : { kind: 'empty' });
		}
		case 'sound-lost':
			return soundLost(state, event.at);
		case 'going-live':
		case 'went-live':
		case 'stopped':
		case 'taken-off':
		case 'no-sound':
		case 'offered':
		case 'requested':
		case 'accepted':
		case 'arriving':
		case 'handover-ended':
		case 'handed-over':
		case 'passed-on':
			return inPhase(state, nextPhase(state.phase, event));
		default:
			return unreachable(event);
	}
}

export function evolveAll(state: BoothState, events: readonly BoothEvent[]): BoothState {
	return events.reduce(evolve, state);
}

/** The holder's grace, if their socket is gone too, counts from the moment their sound is gone as well. */
function soundLost(state: BoothState, at: number): BoothState {
	const { phase } = state;
	if (phase.kind !== 'live' && phase.kind !== 'handing-over') return state;
	const quiet = withParticipant(state, phase.active.seat, (one) =>
		one.presence.kind === 'lost' ? { ...one, presence: { kind: 'lost', since: at } } : one
	);
	return inPhase(quiet, ready(phase.active, 'sound-lost'));
}

function inPhase(state: BoothState, phase: Phase): BoothState {
	return { ...state, phase };
}

function withParticipant(
	state: BoothState,
	seat: Seat['seat'],
	change: (one: Participant) => Participant
): BoothState {
	return {
		...state,
		participants: state.participants.map((one) => (one.seat === seat ? change(one) : one))
	};
}
