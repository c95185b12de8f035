import { mayListen, type FoundEvent } from '../events/events.ts';
import { refusal } from './rest.ts';

/** The event of a request by somebody who may listen to it, or the answer that says why not. */
export async function listenedEvent(
	{ app, actor }: Pick<App.Locals, 'app' | 'actor'>,
	slug: string
): Promise<FoundEvent | Response> {
	const found = await app.events.event(slug);
	if (!found.ok) return refusal(404, found.error);
	if (mayListen(actor, found.value)) return found.value;
	return actor.kind === 'anonymous'
		? refusal(401, { code: 'credentials_missing', message: 'Join the event first.' })
		: refusal(403, { code: 'not_allowed', message: 'This is not an event you may listen to.' });
}
