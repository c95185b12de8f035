import { answer } from '#lib/server/http/rest.ts';
import { listenedEvent } from '#lib/server/http/listened-event.ts';
import type { RequestHandler } from './$types';

/** The programme of an event, for whoever may listen to it. Answers an `EventSchedule`. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const event = await listenedEvent(locals, params.slug);
	return event instanceof Response
		? event
		: answer(await locals.app.organise.schedule.published(event.id));
};
