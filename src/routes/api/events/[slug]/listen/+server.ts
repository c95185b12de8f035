import { answer } from '#lib/server/http/rest.ts';
import { listenedEvent } from '#lib/server/http/listened-event.ts';
import type { RequestHandler } from './$types';

/** What is on air in an event, for a listener whose socket is down. Answers a `ListenSnapshot`. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const event = await listenedEvent(locals, params.slug);
	return event instanceof Response ? event : answer(await locals.app.channels.snapshot(event));
};
