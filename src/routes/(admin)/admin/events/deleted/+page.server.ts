import { fail, redirect } from '@sveltejs/kit';
import { can } from '#lib/domain/access/policy.ts';
import { eventId } from '#lib/domain/ids.ts';
import { UNDO_MS } from '#lib/server/events/undo.ts';
import { by, field, idFrom, notFound, signedIn } from '#lib/server/http/desk-place.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	const actor = signedIn(request);
	const found = await request.locals.app.organise.lists.deleted(actor);
	return {
		deleted: found.map(({ id, slug, name, deletedAt }) => ({
			...{ id, slug, name },
			deletedAt: deletedAt.getTime(),
			goneAt: deletedAt.getTime() + UNDO_MS
		})),
		justNow: request.url.searchParams.get('just')
	};
};

export const actions: Actions = {
	restore: async (request) => {
		const actor = signedIn(request);
		const id = idFrom(field(await request.request.formData(), 'event'), eventId);
		// Deleted events are found nowhere else, so the right is asked by their id.
		if (id === null || !can(actor, 'event:manage', { event: id })) notFound();
		const done = await request.locals.app.organise.restoreEvent(id, by(request));
		if (!done.ok) return fail(400, { code: done.error.code });
		redirect(303, `/admin/events/${done.value.slug}`);
	}
};
