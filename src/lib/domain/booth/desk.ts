import type { SeatId } from '#lib/domain/ids.ts';
import { ok } from '#lib/domain/result.ts';
import type { BoothEvent } from './event.ts';
import { interpreterHere } from './handover.ts';
import { refused, type Decision } from './decision.ts';
import type { BoothState } from './state.ts';

/** What a coordinator does from the control desk. */

/**
 * Gives the right to somebody else at once, off air: a former holder on air is taken off. Naming the
 * holder only ends a pending handover.
 */
export function setActive(state: BoothState, to: SeatId): Decision {
	const { phase } = state;
	if (phase.kind === 'closed') return refused('booth_closed');
	const target = interpreterHere(state, to);
	if (!target.ok) return target;
	if (phase.kind === 'empty' || phase.active.seat !== to)
		return ok([{ type: 'right-given', to: target.value, how: 'assigned' }]);
	return ok(phase.kind === 'handing-over' ? [{ type: 'handover-ended', why: 'cancelled' }] : []);
}

/** Takes a voice off air at once; the holder keeps the right and is told why. A handover under way is off with it. */
export function takeOff({ phase }: BoothState, reason: string): Decision {
	if (phase.kind === 'closed' || phase.kind === 'empty' || phase.kind === 'ready')
		return refused('not_on_air');
	return ok([{ type: 'taken-off', reason }]);
}

/** Opens the channel again. Nobody is put on air. */
export function open({ phase }: BoothState): readonly BoothEvent[] {
	return phase.kind === 'closed' ? [{ type: 'opened' }] : [];
}

/** Closes the channel to the audience and takes whoever is on air off. */
export function close({ phase }: BoothState): readonly BoothEvent[] {
	return phase.kind === 'closed' ? [] : [{ type: 'closed' }];
}
