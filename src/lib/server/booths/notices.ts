import type { BoothEvent } from '#lib/domain/booth/event.ts';
import { activeOf } from '#lib/domain/booth/seats.ts';
import type { BoothState } from '#lib/domain/booth/state.ts';
import type { BoothNotice } from '#lib/protocol/booth.ts';

/** What is said aloud to the people in a booth about one step; the state alone does not tell it. */
export function noticesOf(
	{
		before,
		after,
		events
	}: { before: BoothState; after: BoothState; events: readonly BoothEvent[] },
	at: number
): readonly BoothNotice[] {
	const former = activeOf(before.phase)?.name ?? null;
	const holder = activeOf(after.phase)?.name ?? null;
	const newcomer = before.phase.kind === 'handing-over' ? before.phase.handover.to.name : null;
	const say = (code: BoothNotice['code'], name: string | null): BoothNotice => ({ code, name, at });

	return events.flatMap((event): BoothNotice[] => {
		switch (event.type) {
			case 'left': {
				const held = activeOf(before.phase)?.seat === event.seat;
				return event.why === 'lost' && held ? [say('seat_lost', former)] : [];
			}
			case 'no-sound':
				return [say('no_sound', former)];
			case 'sound-lost':
				return [say('sound_lost', former)];
			case 'handover-ended':
				return [say(HANDOVER_ENDS[event.why], newcomer)];
			case 'handed-over':
				return [say('handed_over', holder)];
			case 'right-given':
				return event.how === 'assigned' ? [say('reassigned', event.to.name)] : [];
			case 'closed':
				return [say('closed', null)];
			default:
				return [];
		}
	});
}

const HANDOVER_ENDS = {
	declined: 'handover_declined',
	cancelled: 'handover_cancelled',
	expired: 'handover_expired',
	'no-sound': 'handover_no_sound'
} as const;
