import type { BoothEvent } from './event.ts';
import { evolveAll } from './evolve.ts';
import { removal } from './presence.ts';
import { activeOf, isHeard } from './seats.ts';
import { SEAT_GRACE_MS, type BoothState, type Phase } from './state.ts';

/**
 * What is overdue at `now`: steps nobody answered or whose sound never came, and seats that have been
 * without socket and sound for the whole grace.
 */
export function expire(state: BoothState, now: number): readonly BoothEvent[] {
	const events: BoothEvent[] = [...overdueStep(state.phase, now)];
	let current = evolveAll(state, events);
	const active = activeOf(current.phase)?.seat;
	const lost = current.participants.filter((one) => seatDeadline(current, one) <= now);
	// The holder goes last, so that the right cannot pass to somebody who is removed in the same moment.
	for (const { seat } of [...lost].sort(
		(a, b) => Number(a.seat === active) - Number(b.seat === active)
	)) {
		const removed = removal(current, seat, 'lost', now);
		current = evolveAll(current, removed);
		events.push(...removed);
	}
	return events;
}

/** When the next `tick` has something to do, in epoch ms; null when only people or sound can change it. */
export function nextDeadline(state: BoothState): number | null {
	const next = Math.min(
		stepDeadline(state.phase),
		...state.participants.map((one) => seatDeadline(state, one))
	);
	return Number.isFinite(next) ? next : null;
}

function overdueStep(phase: Phase, now: number): readonly BoothEvent[] {
	if (stepDeadline(phase) > now) return [];
	if (phase.kind !== 'handing-over') return [{ type: 'no-sound' }];
	const { step } = phase.handover;
	const isAgreed = step === 'accepted' || step === 'arriving';
	return [{ type: 'handover-ended', why: isAgreed ? 'no-sound' : 'expired' }];
}

function stepDeadline(phase: Phase): number {
	if (phase.kind === 'going-live') return phase.deadline;
	return phase.kind === 'handing-over' ? phase.handover.deadline : Infinity;
}

function seatDeadline(
	{ phase }: BoothState,
	{ seat, presence }: BoothState['participants'][number]
): number {
	return presence.kind === 'here' || isHeard(phase, seat)
		? Infinity
		: presence.since + SEAT_GRACE_MS;
}
