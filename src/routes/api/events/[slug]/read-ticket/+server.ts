import { answer } from '#lib/server/http/rest.ts';
import { listenedEvent } from '#lib/server/http/listened-event.ts';
import type { RequestHandler } from './$types';

/** Opens every channel of the event at the media server for a few minutes. Answers a `ReadTicket`. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const event = await listenedEvent(locals, params.slug);
	return event instanceof Response
		? event
		: answer(await locals.app.tickets.readTicket(event.slug));
};
