import type { BoothEvent } from '#lib/domain/booth/event.ts';
import { activeOf } from '#lib/domain/booth/seats.ts';
import type { BoothNotice } from '#lib/protocol/booth.ts';
import type { BoothChange } from './store.ts';

/** What is said aloud to the people in a booth about one step; the state alone does not tell it. */
export function noticesOf(
	{ before, after, events }: Pick<BoothChange, 'before' | 'after' | 'events'>,
	at: number
): readonly BoothNotice[] {
	const former = activeOf(before.phase)?.name ?? null;
	const holder = activeOf(after.phase)?.name ?? null;
	const newcomer = before.phase.kind === 'handing-over' ? before.phase.handover.to.name : null;
	const say = (code: BoothNotice['code'], name: string | null): BoothNotice[] => [
		{ code, name, at }
	];

	return events.flatMap((event: BoothEvent): BoothNotice[] => {
		switch (event.type) {
			case 'right-given':
				if (event.how === 'holder-gone') return say('seat_lost', former);
				return event.how === 'assigned' ? say('reassigned', event.to.name) : [];
			case 'emptied':
				return say('seat_lost', former);
			case 'no-sound':
				return say('no_sound', former);
			case 'sound-lost':
				return say('sound_lost', former);
			case 'handover-ended':
				return say(HANDOVER_ENDS[event.why], newcomer);
			case 'handed-over':
			case 'passed-on':
				return say('handed_over', holder);
			case 'taken-off':
				return [{ code: 'taken_off', name: former, text: event.reason, at }];
			case 'closed':
				return say('closed', null);
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
