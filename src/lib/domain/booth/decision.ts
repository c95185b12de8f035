import { refuse, type Result } from '#lib/domain/result.ts';
import type { BoothEvent } from './event.ts';

/**
 * What a command does: the events that follow from it, or why it is refused. No events means that it was
 * all right and nothing changes.
 */
export type Decision = Result<readonly BoothEvent[], BoothRefusalCode>;

const MESSAGES = {
	not_joined: 'You are not in this booth (any more). Join it first.',
	already_joined: 'This seat is taken already.',
	seat_gone: 'Your seat was given up while you were away. Join again.',
	not_allowed: 'Your role in this booth does not allow that.',
	booth_closed: 'This channel is closed. A coordinator can open it.',
	not_active: 'You do not hold the microphone right of this booth now.',
	already_active: 'You hold the microphone right already.',
	not_on_air: 'Nobody of this booth is on air, so there is nothing to stop.',
	going_live: 'The active interpreter is about to go on air. Ask again in a moment.',
	handover_pending: 'Another handover is under way. It must end first.',
	no_handover: 'There is no handover to answer; it may have expired.',
	not_yours: 'This handover is not yours to answer or withdraw.',
	target_not_here: 'This person is not connected to the booth now.',
	target_not_interpreter: 'Only an interpreter can hold the microphone right.'
} as const;

/** Stable codes; part of the protocol. */
export type BoothRefusalCode = keyof typeof MESSAGES;

export function refused(code: BoothRefusalCode): Result<never, BoothRefusalCode> {
	return refuse(code, MESSAGES[code]);
}
