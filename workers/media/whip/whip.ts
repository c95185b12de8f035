import { PublishSession } from '../peers/publish-session.ts';
import { countMedia } from '../sdp/offer.ts';
import { failure, type HttpAnswer } from '../http/answers.ts';
import type { OfferContext, Opened } from '../http/signalling.ts';

/** A WHIP offer (RFC 9725 §4.2): the client sends, this server receives. */
export function openPublisher({ path, offer, ice, session }: OfferContext): Opened | HttpAnswer {
	// What cannot be taken at all is 406; video beside the sound is answered as rejected.
	if (countMedia(offer, 'video') > 1) return failure(406, 'only one video track is taken');
	if (countMedia(offer, 'application') > 0) return failure(406, 'data channels are not supported');
	if (offer.audio.direction === 'recvonly' || offer.audio.direction === 'inactive')
		return failure(400, 'the offer does not send audio');
	return { session: new PublishSession(offer, ice, { ...session, path }) };
}
