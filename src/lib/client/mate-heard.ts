import type { BoothView } from '#lib/protocol/booth.ts';
import type { Intent } from './air.ts';

/**
 * Whether the booth's own channel may be played to this page: a colleague is on air, and nothing of this page or
 * person goes there or is about to. One's own voice, late in one's own ears, stops anybody's speech.
 */
export function mateHeard({ phase, participants, you }: BoothView, intent: Intent): boolean {
	if (phase.kind !== 'live' && phase.kind !== 'handing-over') return false;
	// From the moment of one's own consent on: the media server switches at the first packet.
	if (intent.kind === 'on' || phase.active.seat === you.seat) return false;
	const me = participants.find(({ seat }) => seat === you.seat);
	return me !== undefined && phase.active.person !== me.person;
}
