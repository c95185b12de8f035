import { fail, redirect } from '@sveltejs/kit';
import { can } from '#lib/domain/access/policy.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { clashes } from '#lib/domain/schedule.ts';
import type { SessionInput } from '#lib/server/events/schedule.ts';
import { localIn } from '#lib/server/events/zoned-time.ts';
import { by, deskEvent, deskRoom, field, idFrom, notFound } from '#lib/server/http/desk-place.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	const { app, actor } = request.locals;
	const event = await deskEvent(request, request.params.event, 'event:view', 'somewhere');
	const [zone, sessions, booths] = await Promise.all([
		app.organise.schedule.zone(event.id),
		app.organise.schedule.list(event.id),
		app.events.booths(event.id)
	]);
	const asked = Number(request.url.searchParams.get('edit'));
	const edited = sessions.find(({ id }) => id === asked) ?? null;
	return {
		zone,
		manages: can(actor, 'event:manage', event.scope),
		sessions,
		clashes: clashes(sessions),
		languages: [
			...new Set(booths.map(({ booth }) => booth.language).filter((code) => code !== FLOOR))
		],
		editing:
			edited === null
				? null
				: {
						...edited,
						startsAt: localIn(zone, edited.startsAt),
						endsAt: localIn(zone, edited.endsAt)
					},
		// A new one begins where the last one ends, so that a day is typed quickly.
		suggestion: localIn(zone, sessions.at(-1)?.endsAt ?? Date.now())
	};
};

const NAMES = 'interpreters-';

function inputOf(form: FormData): SessionInput & { room: string } {
	const interpreters = [...form.keys()]
		.filter((name) => name.startsWith(NAMES))
		.map((name) => [name.slice(NAMES.length), field(form, name, 500)]);
	return {
		room: field(form, 'room'),
		title: field(form, 'title'),
		startsAt: field(form, 'startsAt'),
		endsAt: field(form, 'endsAt'),
		description: field(form, 'description'),
		speakers: field(form, 'speakers'),
		interpreters: Object.fromEntries(interpreters) as Record<string, string>
	};
}

export const actions: Actions = {
	save: async (request) => {
		const form = await request.request.formData();
		const values = inputOf(form);
		const place = { event: request.params.event, room: values.room };
		const room = await deskRoom(request, place, 'event:manage');
		const { schedule } = request.locals.app.organise;
		const given = field(form, 'session');
		const id = given === '' ? null : idFrom(given, Number);
		if (given !== '' && id === null) notFound();
		const zone = await schedule.zone(room.event.id);
		const done = await schedule.save(room, id, zone, values, by(request));
		if (!done.ok && done.error.code === 'not_found') notFound();
		if (!done.ok)
			return fail(400, { did: 'save' as const, code: done.error.code, values, removed: null });
		redirect(303, `/admin/events/${room.event.slug}/schedule`);
	},

	remove: async (request) => {
		const event = await deskEvent(request, request.params.event, 'event:manage');
		const id = idFrom(field(await request.request.formData(), 'session'), Number);
		if (id === null) notFound();
		const { schedule } = request.locals.app.organise;
		const zone = await schedule.zone(event.id);
		const done = await schedule.remove(event, id, zone, by(request));
		if (!done.ok) notFound();
		// Shown with an undo that saves it again.
		return { did: 'remove' as const, code: null, values: null, removed: done.value };
	}
};
