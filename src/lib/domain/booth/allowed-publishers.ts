import type { SeatId } from '#lib/domain/ids.ts';
import { unreachable } from '#lib/domain/result.ts';
import type { BoothState } from './state.ts';

/**
 * Which seats may publish to the channel at this moment; the newcomer of an agreed handover comes last.
 * Every other publish session on the booth's path is to be kicked.
 */
export function allowedPublishers({ phase }: BoothState): readonly SeatId[] {
	switch (phase.kind) {
		case 'closed':
		case 'empty':
		case 'ready':
			return [];
		case 'going-live':
		case 'live':
			return [phase.active.seat];
		case 'handing-over': {
			const { step, to } = phase.handover;
			const agreed = step === 'accepted' || step === 'arriving';
			return agreed ? [phase.active.seat, to.seat] : [phase.active.seat];
		}
		default:
			return unreachable(phase);
	}
}
