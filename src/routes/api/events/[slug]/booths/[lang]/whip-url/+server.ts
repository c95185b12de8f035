import { can, type Actor } from '#lib/domain/access/policy.ts';
import { seatId } from '#lib/domain/ids.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { refuse, type Result } from '#lib/domain/result.ts';
import type { App } from '#lib/server/app.ts';
import type { FoundBooth } from '#lib/server/events/events.ts';
import { answer, refusal } from '#lib/server/http/rest.ts';
import type { PublishHolder } from '#lib/server/media/tickets.ts';
import type { RequestHandler } from './$types';

type Refused = 'not_active' | 'not_allowed' | 'busy';
const STATUS = { not_active: 403, not_allowed: 403, busy: 503 } as const;

/**
 * One attempt to publish to a channel: a `PublishTicket` of 30 s.
 * `?room=` when not the main room, `?seat=` when the person sits in the booth more than once.
 */
export const GET: RequestHandler = async ({ locals, params, url, getClientAddress }) => {
	const { app, actor } = locals;
	const room = url.searchParams.get('room');
	const found = await app.events.booth({ event: params.slug, room, language: params.lang });
	if (!found.ok) return refusal(404, found.error);

	const who = actor.kind === 'anonymous' ? 'anonymous' : actor.person;
	const free = await app.limits.publishTicket.take(who, getClientAddress());
	if (!free.ok) return refusal(429, free.error, { 'retry-after': '5' });

	const holder = await holderOf(app, actor, found.value, url.searchParams.get('seat'));
	if (!holder.ok) return refusal(STATUS[holder.error.code], holder.error);
	await app.reconciler.prepare(found.value.booth.id);
	return answer(await app.tickets.publishTicket({ path: found.value.path, holder: holder.value }));
};

/** As whom the caller may publish there now. */
async function holderOf(
	app: App,
	actor: Actor,
	{ booth, scope }: FoundBooth,
	seat: string | null
): Promise<Result<PublishHolder, Refused>> {
	if (actor.kind === 'anonymous') return refuse('not_active', 'Sign in and join the booth first.');
	if (booth.language === FLOOR)
		return can(actor, 'floor:publish', scope)
			? { ok: true, value: { floor: actor.person } }
			: refuse('not_allowed', 'You may not bring in the floor here.');
	// The right to interpret may have been withdrawn while they sit there.
	if (!can(actor, 'booth:interpret', scope))
		return refuse('not_active', 'You may not publish to this channel.');
	return app.booths.ticketFor(booth.id, actor.person, seat === null ? null : seatId(seat));
}
