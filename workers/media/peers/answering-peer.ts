import { buildAnswer, innerOffer, type AnswerPlan } from '../sdp/answer.ts';
import type { Offer } from '../sdp/offer.ts';
import { planTransport } from '../sdp/transport-plan.ts';
import type { IceHost } from './ice-host.ts';
import { Peer, type PeerEvents } from './peer.ts';
import type { SessionContext } from './session.ts';

/**
 * The peer that answers an offer, and its answer; the same for those who publish and those who listen.
 *
 * @throws when the native library refuses the offer
 */
export function answeringPeer({
	offer,
	ice,
	context,
	ssrc,
	flow,
	events
}: {
	offer: Offer;
	ice: IceHost;
	context: Pick<SessionContext, 'request' | 'log'>;
	/** Ours, also the session's number in the answer. */
	ssrc: number;
	flow: AnswerPlan['flow'];
	events: PeerEvents;
}): { readonly peer: Peer; readonly answer: string } {
	const plan = planTransport(offer, {
		address: context.request.address,
		localAddresses: ice.localAddresses()
	});
	const peer = new Peer({
		offer: innerOffer(offer, plan),
		mid: offer.audio.mid,
		payloadType: offer.audio.payloadType,
		socket: ice.socket,
		log: context.log,
		events
	});
	const answer = buildAnswer({
		offer,
		role: plan.ours,
		transport: peer.transport,
		candidates: ice.candidates(),
		sessionId: String(ssrc),
		flow
	});
	return { peer, answer };
}
