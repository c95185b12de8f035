import { boothId } from '#lib/domain/ids.ts';
import { captionsSince } from '#lib/protocol/captions.ts';
import { answer, refusal } from '#lib/server/http/rest.ts';
import { listenedEvent } from '#lib/server/http/listened-event.ts';
import type { RequestHandler } from './$types';

/**
 * Captions of a channel, for a reader whose socket is down: `?channel=7` the last minutes, `?channel=7&seq=41`
 * what came after; `&language=fr` the machine's translation. Answers `CaptionsCaughtUp`, at most a page.
 */
export const GET: RequestHandler = async ({ locals, params, url }) => {
	const event = await listenedEvent(locals, params.slug);
	if (event instanceof Response) return event;
	const seq = url.searchParams.get('seq');
	const asked = captionsSince.safeParse({
		channel: Number(url.searchParams.get('channel')),
		seq: seq === null ? 0 : Number(seq),
		language: url.searchParams.get('language')
	});
	if (!asked.success)
		return refusal(400, { code: 'invalid_input', message: 'Name a channel by its number.' });
	const { channel, language } = asked.data;
	const { channels } = await locals.app.channels.snapshot(event);
	// By way of the event: a number of another event is found nowhere.
	if (!channels.some((one) => one.booth === channel && one.captions))
		return refusal(404, { code: 'not_found', message: 'There are no captions of this channel.' });
	const { captions } = locals.app;
	return answer(
		seq === null
			? await captions.latest(boothId(channel), language)
			: await captions.since(boothId(channel), asked.data.seq, language)
	);
};
