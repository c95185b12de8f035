import { fail, redirect } from '@sveltejs/kit';
import {
	EVENT_FILE_MAX_BYTES,
	parseEventFile,
	type FileFault
} from '#lib/server/events/event-file.ts';
import { by, deskPlatform, field } from '#lib/server/http/desk-place.ts';
import type { Actions, PageServerLoad } from './$types';

/** A file that is wrong everywhere would fill pages; the first faults say enough. */
const FAULTS_SHOWN = 100;

export const load: PageServerLoad = (request) => {
	deskPlatform(request, 'event:create');
};

export const actions: Actions = {
	default: async (request) => {
		deskPlatform(request, 'event:create');
		const form = await request.request.formData();
		const file = form.get('file');
		const slug = field(form, 'slug').trim();
		const refused = (code: string, faults: readonly FileFault[] = []) =>
			fail(400, {
				code,
				slug,
				faults: faults.slice(0, FAULTS_SHOWN),
				more: faults.length > FAULTS_SHOWN
			});
		if (!(file instanceof File) || file.size === 0) return refused('file_missing');
		if (file.size > EVENT_FILE_MAX_BYTES) return refused('file_large');
		const parsed = parseEventFile(await file.text());
		if (!parsed.ok) return refused('file_invalid', parsed.faults);
		const done = await request.locals.app.organise.importEvent(
			{ ...parsed.value, slug: slug === '' ? parsed.value.slug : slug },
			by(request)
		);
		if (!done.ok) return refused(done.error.code);
		redirect(303, `/admin/events/${done.value.slug}`);
	}
};
