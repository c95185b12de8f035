import { fail, redirect } from '@sveltejs/kit';
import { can } from '#lib/domain/access/policy.ts';
import { boothId } from '#lib/domain/ids.ts';
import { parseLanguages } from '#lib/server/events/event-plan.ts';
import { liveBooth } from '#lib/server/events/live-booths.ts';
import { by, deskBooth, deskRoom, field, idFrom, notFound } from '#lib/server/http/desk-place.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	const { app, actor } = request.locals;
	request.depends('desk:live');
	const { event, room, scope } = await deskRoom(request, request.params, 'event:view');
	const manages = can(actor, 'event:manage', event.scope);
	const [booths, deleted] = await Promise.all([
		app.events.booths(event.id, room.id),
		manages ? app.organise.deletedBooths(room.id) : []
	]);
	const at = room.main ? event.slug : `${event.slug}/${room.slug}`;
	return {
		room,
		manages,
		mayInvite: can(actor, 'room:people', scope),
		booths: booths
			.filter((each) => can(actor, 'booth:view', each.scope))
			.map((each) => liveBooth(app, each)),
		deletedBooths: deleted.map(({ id, language }) => ({ id, language })),
		links: {
			base: app.env.PUBLIC_BASE_URL,
			listener: `/listener/${at}`,
			floor: `/floor/${at}`,
			interpreter: `/interpreter/${at}`
		},
		now: Date.now()
	};
};

const here = (event: string, room: string) => `/admin/events/${event}/rooms/${room}`;

export const actions: Actions = {
	rename: async (request) => {
		const room = await deskRoom(request, request.params, 'event:manage');
		const form = await request.request.formData();
		const values = { name: field(form, 'name'), slug: field(form, 'slug') };
		const done = await request.locals.app.organise.changeRoom(room, values, by(request));
		if (!done.ok) return fail(400, { did: 'rename' as const, code: done.error.code, values });
		redirect(303, here(room.event.slug, done.value.slug));
	},

	add: async (request) => {
		const room = await deskRoom(request, request.params, 'event:manage');
		const form = await request.request.formData();
		const given = form.getAll('language').filter((each) => typeof each === 'string');
		const languages = parseLanguages([...given, ...field(form, 'other').split(/[\s,;]+/)]);
		const done = languages.ok
			? await request.locals.app.organise.addBooths(room, languages.value, by(request))
			: languages;
		if (!done.ok)
			return fail(400, { did: 'add' as const, code: done.error.code, languages: given });
		redirect(303, here(room.event.slug, room.room.slug));
	},

	move: async (request) => {
		const form = await request.request.formData();
		const booth = await deskBooth(
			request,
			{ ...request.params, booth: form.get('booth') },
			'event:manage'
		);
		const way = field(form, 'way') === 'up' ? 'up' : 'down';
		await request.locals.app.organise.moveBooth(booth, way, by(request));
		redirect(303, here(booth.event.slug, booth.room.slug));
	},

	remove: async (request) => {
		const form = await request.request.formData();
		const booth = await deskBooth(
			request,
			{ ...request.params, booth: form.get('booth') },
			'event:manage'
		);
		const { app } = request.locals;
		// An undo does not give the audience back what it missed: a voice on air is not taken off by one click.
		if (liveBooth(app, booth).air === 'on' && field(form, 'sure') === '')
			return fail(409, { did: 'remove' as const, code: 'on_air', booth: booth.booth.id });
		const done = await app.organise.deleteBooth(booth, by(request));
		if (!done.ok) return fail(400, { did: 'remove' as const, code: done.error.code, booth: null });
		redirect(303, here(booth.event.slug, booth.room.slug));
	},

	restore: async (request) => {
		const room = await deskRoom(request, request.params, 'event:manage');
		const id = idFrom(field(await request.request.formData(), 'booth'), boothId);
		const done =
			id === null ? null : await request.locals.app.organise.restoreBooth(room, id, by(request));
		if (!done?.ok) notFound();
		redirect(303, here(room.event.slug, room.room.slug));
	},

	delete: async (request) => {
		const room = await deskRoom(request, request.params, 'event:manage');
		const typed = field(await request.request.formData(), 'confirm').trim();
		if (typed !== room.room.slug)
			return fail(400, { did: 'delete' as const, code: 'confirm_wrong' });
		const done = await request.locals.app.organise.deleteRoom(room, by(request));
		if (!done.ok) return fail(400, { did: 'delete' as const, code: done.error.code });
		redirect(303, `/admin/events/${room.event.slug}/rooms`);
	}
};
