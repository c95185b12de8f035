import { canSomewhereIn } from '#lib/domain/access/policy.ts';
import { answer, refusal } from '#lib/server/http/rest.ts';
import type { RequestHandler } from './$types';

/** Who listens now and what they complain about, for coordinators. Answers an `Audience`. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const { app, actor } = locals;
	const found = await app.events.event(params.slug);
	if (!found.ok) return refusal(404, found.error);
	if (actor.kind === 'anonymous')
		return refusal(401, { code: 'credentials_missing', message: 'Sign in first.' });
	if (!canSomewhereIn(actor, 'booth:coordinate', found.value.id))
		return refusal(403, { code: 'not_allowed', message: 'Coordinators see this.' });
	return answer(await app.audience.now(found.value.id));
};
