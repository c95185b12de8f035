import { can } from '#lib/domain/access/policy.ts';
import { answer, refusal } from '#lib/server/http/rest.ts';
import type { RequestHandler } from './$types';

/**
 * How the captions of a booth, or of the floor, stand; `?room=` when it is not in the main room. Answers
 * `{status: CaptionStatus, serverNow}`, for the people who work there.
 */
export const GET: RequestHandler = async ({ locals, params, url }) => {
	const { app, actor } = locals;
	const place = { event: params.slug, room: url.searchParams.get('room'), language: params.lang };
	const found = await app.events.booth(place);
	if (!found.ok) return refusal(404, found.error);
	const { scope, booth } = found.value;
	if (!can(actor, 'booth:view', scope) && !can(actor, 'floor:publish', scope))
		return refusal(403, { code: 'not_allowed', message: 'You do not work in this booth.' });
	return answer({ status: app.captions.status(booth.id), serverNow: Date.now() });
};
