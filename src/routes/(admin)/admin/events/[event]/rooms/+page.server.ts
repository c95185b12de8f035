import { fail, redirect } from '@sveltejs/kit';
import { can } from '#lib/domain/access/policy.ts';
import { roomId } from '#lib/domain/ids.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { parseLanguages } from '#lib/server/events/event-plan.ts';
import {
	by,
	deskEvent,
	deskRoomById,
	field,
	idFrom,
	notFound
} from '#lib/server/http/desk-place.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	const { app, actor } = request.locals;
	const event = await deskEvent(request, request.params.event, 'event:view', 'somewhere');
	const manages = can(actor, 'event:manage', event.scope);
	const [rooms, booths, deleted] = await Promise.all([
		app.events.rooms(event.id),
		app.events.booths(event.id),
		manages ? app.organise.deletedRooms(event.id) : []
	]);
	return {
		manages,
		list: rooms
			.filter(({ scope }) => can(actor, 'event:view', scope))
			.map(({ room }) => ({
				...room,
				languages: booths
					.filter((each) => each.room.id === room.id && each.booth.language !== FLOOR)
					.map(({ booth }) => booth.language)
			})),
		deleted: deleted.map(({ id, name }) => ({ id, name }))
	};
};

export const actions: Actions = {
	add: async (request) => {
		const event = await deskEvent(request, request.params.event, 'event:manage');
		const form = await request.request.formData();
		const name = field(form, 'name');
		const given = form.getAll('language').filter((each) => typeof each === 'string');
		const values = { name, languages: given };
		const languages = parseLanguages([...given, ...field(form, 'other').split(/[\s,;]+/)]);
		if (!languages.ok)
			return fail(400, { did: 'add' as const, code: languages.error.code, values });
		const done = await request.locals.app.organise.addRoom(
			event,
			{ name, slug: null, languages: languages.value },
			by(request)
		);
		if (!done.ok) return fail(400, { did: 'add' as const, code: done.error.code, values });
		redirect(303, `/admin/events/${event.slug}/rooms/${done.value.slug}`);
	},

	move: async (request) => {
		const form = await request.request.formData();
		const room = await deskRoomById(
			request,
			{ event: request.params.event, room: form.get('room') },
			'event:manage'
		);
		const way = field(form, 'way') === 'up' ? 'up' : 'down';
		await request.locals.app.organise.moveRoom(room, way, by(request));
		redirect(303, `/admin/events/${room.event.slug}/rooms`);
	},

	restore: async (request) => {
		const event = await deskEvent(request, request.params.event, 'event:manage');
		const id = idFrom(field(await request.request.formData(), 'room'), roomId);
		if (id === null) notFound();
		const done = await request.locals.app.organise.restoreRoom(event, id, by(request));
		if (!done.ok) notFound();
		redirect(303, `/admin/events/${event.slug}/rooms/${done.value.slug}`);
	}
};
