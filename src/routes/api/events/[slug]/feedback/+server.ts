import { answer, refusal } from '#lib/server/http/rest.ts';
import { listenedEvent } from '#lib/server/http/listened-event.ts';
import { feedbackInput } from '#lib/protocol/feedback.ts';
import type { RequestHandler } from './$types';

/** What a listener tells about the sound. Takes a `FeedbackInput`, answers a `FeedbackTaken`. */
export const POST: RequestHandler = async ({ locals, params, request, getClientAddress }) => {
	const { app, actor } = locals;
	const event = await listenedEvent(locals, params.slug);
	if (event instanceof Response) return event;
	const input = feedbackInput.safeParse(await request.json().catch(() => null));
	if (!input.success)
		return refusal(400, { code: 'invalid_input', message: 'This is not feedback.' });
	// A hall shares one address, so whoever has a name here is counted by it.
	const who = actor.kind === 'anonymous' ? `event:${event.id}` : actor.person;
	const may = await app.limits.feedback.take(who, getClientAddress());
	if (!may.ok) return refusal(429, may.error, { 'retry-after': '10' });
	const taken = await app.feedback.take(event.id, input.data);
	return taken.ok ? answer(taken.value) : refusal(404, taken.error);
};
