import { fail, redirect } from '@sveltejs/kit';
import { can, canSomewhereIn, type Actor } from '#lib/domain/access/policy.ts';
import { FLOOR } from '#lib/domain/language.ts';
import type { App } from '#lib/server/app.ts';
import { deviceOf, knowDevice } from '#lib/server/http/device.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	const { locals, setHeaders } = request;
	setHeaders({ 'cache-control': 'private, no-store' });
	const { actor, app } = locals;
	if (actor.kind === 'anonymous') knowDevice(request);
	if (actor.kind === 'anonymous' || actor.kind === 'listener')
		return { person: null, places: [], more: false, desk: false };
	const { places, more } = await placesOf(app, actor);
	const desk = can(actor, 'event:create', 'platform') || places.some((place) => place.desk);
	return { person: { name: actor.name }, places, more, desk };
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

/** More are found at the desk, which searches. */
const EVENTS_SHOWN = 12;

/** Where a signed-in person may go, by event; the newest first, in three questions however many there are. */
async function placesOf({ events, organise }: App, actor: Actor) {
	const { rows, total } = await organise.lists.reachable(actor, EVENTS_SHOWN);
	const booths = await events.boothsOfAll(rows.map(({ id }) => id));
	const places = rows.map((event) => {
		const doors = booths
			.filter((each) => each.event.id === event.id)
			.flatMap(({ room, booth, scope }) => {
				const at = room.main ? event.slug : `${event.slug}/${room.slug}`;
				const floor = booth.language === FLOOR;
				if (!can(actor, floor ? 'floor:publish' : 'booth:view', scope)) return [];
				const href = floor ? `/floor/${at}` : `/interpreter/${at}/${booth.language}`;
				return [{ href, room: room.main ? null : room.name, language: booth.language }];
			});
		return {
			slug: event.slug,
			name: event.name,
			doors,
			listens: canSomewhereIn(actor, 'event:listen', event.id),
			desk: canSomewhereIn(actor, 'room:coordinate', event.id)
		};
	});
	return { places, more: total > rows.length };
}
