import { z } from 'zod';
import { can } from '#lib/domain/access/policy.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { answer, refusal } from '#lib/server/http/rest.ts';
import { FLOOR_TTL_MAX_HOURS } from '#lib/server/media/tickets.ts';
import type { RequestHandler } from './$types';

const HOUR_MS = 3_600_000;

const wanted = z.object({
	/** Slug of the room; absent or null means the main room. */
	room: z.string().max(64).nullish(),
	hours: z.number().int().min(1).max(FLOOR_TTL_MAX_HOURS).default(24)
});

/**
 * A ticket for OBS and its like, which cannot ask for a new one: shown once, valid for the hours asked for.
 * Answers a `PublishTicket`.
 */
export const POST: RequestHandler = async ({ locals, params, request, getClientAddress }) => {
	const { app, actor } = locals;
	const body = wanted.safeParse(await request.json().catch(() => null));
	if (!body.success)
		return refusal(400, { code: 'invalid_input', message: z.prettifyError(body.error) });
	const place = { event: params.slug, room: body.data.room ?? null, language: FLOOR };
	const found = await app.events.booth(place);
	if (!found.ok) return refusal(404, found.error);
	if (actor.kind === 'anonymous' || !can(actor, 'floor:publish', found.value.scope))
		return refusal(403, { code: 'not_allowed', message: 'You may not bring in the floor here.' });
	const free = await app.limits.publishTicket.take(actor.person, getClientAddress());
	if (!free.ok) return refusal(429, free.error, { 'retry-after': '5' });

	const { event, room } = found.value;
	app.log.info(
		{ event: event.slug, room: room.slug, person: actor.person, hours: body.data.hours },
		'floor ticket for a program'
	);
	return answer(
		await app.tickets.publishTicket({
			path: found.value.path,
			holder: { floor: actor.person },
			ttlMs: body.data.hours * HOUR_MS
		})
	);
};
