import { failure, type HttpAnswer } from '../http/answers.ts';
import type { OfferContext, Opened } from '../http/signalling.ts';
import { ReadSession } from '../peers/read-session.ts';

/** A WHEP offer: the client listens. 404 tells it to come back when somebody publishes. */
export function openReader({ path, offer, ice, session }: OfferContext): Opened | HttpAnswer {
	if (!path.available) return failure(404, `no stream is available on path '${path.name}'`);
	if (path.full) return failure(400, 'maximum reader count reached');
	if (offer.audio.direction === 'sendonly' || offer.audio.direction === 'inactive')
		return failure(400, 'the offer does not receive audio');
	return { session: new ReadSession(offer, ice, { ...session, path }) };
}
