import type { BoothParticipant, BoothView } from '#lib/protocol/booth.ts';
import { isOnAir } from './air.ts';

/**
 * What follows when the page of somebody on air goes out of sight. Phones and tablets take the microphone away from
 * such a page, and nobody sees a warning there: the boothmate is offered it. A laptop lets it be; a warning will do.
 */
export type Away =
	| { readonly kind: 'nothing' }
	| { readonly kind: 'warn' }
	| { readonly kind: 'offer'; readonly to: BoothParticipant };

export function whenAway(view: BoothView | null, isHandheld: boolean): Away {
	if (!view || !isOnAir(view.phase, view.you.seat)) return { kind: 'nothing' };
	const me = view.participants.find(({ seat }) => seat === view.you.seat);
	const mate = view.participants.find(
		(one) => one.role === 'interpreter' && one.connected && one.person !== me?.person
	);
	const mayOffer = view.you.acts.includes('offer');
	return isHandheld && mate && mayOffer ? { kind: 'offer', to: mate } : { kind: 'warn' };
}
