import { unreachable } from '#lib/domain/result.ts';
import type { BoothEvent, RightGiven } from './event.ts';
import {
	GOING_LIVE_MS,
	HANDOVER_ARRIVAL_MS,
	type Handover,
	type Phase,
	type ReadyReason,
	type Seat
} from './state.ts';

export const REASONS: Record<RightGiven, ReadyReason> = {
	joined: 'not-asked',
	offered: 'given',
	requested: 'given',
	assigned: 'given',
	'holder-gone': 'seat-lost',
	reopened: 'reopened'
};

/** Events about the voice on air; they concern the phase alone. */
type AirEvent = Exclude<
	BoothEvent,
	{
		readonly type:
			| 'joined'
			| 'left'
			| 'connection-lost'
			| 'returned'
			| 'waits-renewed'
			| 'relay-chosen'
			| 'consented'
			| 'right-given'
			| 'emptied'
			| 'opened'
			| 'closed'
			| 'sound-lost';
	}
>;

export function nextPhase(phase: Phase, event: AirEvent): Phase {
	if (phase.kind === 'closed' || phase.kind === 'empty') return phase;
	const { active } = phase;
	const isOnAir = phase.kind === 'live' || phase.kind === 'handing-over';
	const handover = phase.kind === 'handing-over' ? phase.handover : null;
	switch (event.type) {
		case 'going-live':
			return phase.kind === 'ready'
				? { kind: 'going-live', active, deadline: event.deadline }
				: phase;
		case 'went-live':
			return phase.kind === 'going-live' ? { kind: 'live', active, since: event.at } : phase;
		case 'stopped':
			return ready(active, 'stopped');
		case 'taken-off':
			return ready(active, 'taken-off');
		case 'no-sound':
			return phase.kind === 'going-live' ? ready(active, 'no-sound') : phase;
		case 'offered':
		case 'requested':
		case 'accepted':
			return isOnAir
				? handingOver(active, phase.since, {
						step: event.type,
						to: event.to,
						deadline: event.deadline
					})
				: phase;
		case 'arriving':
			return isOnAir && handover
				? handingOver(active, phase.since, {
						...handover,
						step: 'arriving',
						deadline: event.deadline
					})
				: phase;
		case 'handover-ended':
			return isOnAir ? { kind: 'live', active, since: phase.since } : phase;
		case 'handed-over':
			return handover ? { kind: 'live', active: handover.to, since: event.at } : phase;
		case 'passed-on':
			return handover
				? { kind: 'going-live', active: handover.to, deadline: event.deadline }
				: phase;
		default:
			return unreachable(event);
	}
}

/** A step gets the time again in which a sound would arrive. */
export function renewed(phase: Phase, at: number): Phase {
	if (phase.kind === 'going-live') return { ...phase, deadline: at + GOING_LIVE_MS };
	if (phase.kind !== 'handing-over') return phase;
	const { handover } = phase;
	const deadline = Math.max(handover.deadline, at + HANDOVER_ARRIVAL_MS);
	return { ...phase, handover: { ...handover, deadline } };
}

export function ready(active: Seat, reason: ReadyReason): Phase {
	return { kind: 'ready', active, reason };
}

function handingOver(active: Seat, since: number, handover: Handover): Phase {
	return { kind: 'handing-over', active, since, handover };
}
