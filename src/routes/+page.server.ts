import { fail, redirect } from '@sveltejs/kit';
import { can, type Actor } from '#lib/domain/access/policy.ts';
import { FLOOR } from '#lib/domain/language.ts';
import type { App } from '#lib/server/app.ts';
import { deviceOf, knowDevice } from '#lib/server/http/device.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	const { locals, setHeaders } = request;
	setHeaders({ 'cache-control': 'private, no-store' });
	const { actor, app } = locals;
	if (actor.kind === 'anonymous') knowDevice(request);
	if (actor.kind === 'anonymous' || actor.kind === 'listener') return { person: null, places: [] };
	return { person: { name: actor.name }, places: await placesOf(app, actor) };
};

export const actions: Actions = {
	/** The code alone: finds its event and lets the listener page do the rest. */
	default: async (event) => {
		const { request, locals, getClientAddress } = event;
		knowDevice(event);
		const { auth, attempts } = locals.app;
		const typed = String((await request.formData()).get('code') ?? '').trim();
		if (typed === '') return fail(400, { typed, code: 'empty' as const, retryAfterS: null });
		const answer = await attempts.joinCode.guard(
			{ event: null, address: getClientAddress(), device: deviceOf(event) },
			() => auth.eventOfJoinCode(typed)
		);
		if (answer.ok) redirect(303, `/listener/${answer.value}?code=${encodeURIComponent(typed)}`);
		return fail(400, {
			typed: typed.slice(0, 40),
			code: answer.error.code,
			retryAfterS: 'retryAfterS' in answer.error ? answer.error.retryAfterS : null
		});
	}
};

/** Where a signed-in person may go, by event. */
async function placesOf({ events }: App, actor: Actor) {
	const places = [];
	for (const event of await events.all()) {
		const booths = await events.booths(event.id);
		const doors = booths.flatMap(({ room, booth, scope }) => {
			const at = room.main ? event.slug : `${event.slug}/${room.slug}`;
			const floor = booth.language === FLOOR;
			if (!can(actor, floor ? 'floor:publish' : 'booth:view', scope)) return [];
			const href = floor ? `/floor/${at}` : `/interpreter/${at}/${booth.language}`;
			return [{ href, room: room.main ? null : room.name, language: booth.language }];
		});
		const listens = can(actor, 'event:listen', event.scope);
		if (doors.length > 0 || listens)
			places.push({ slug: event.slug, name: event.name, doors, listens });
	}
	return places;
}
