import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { can } from '#lib/domain/access/policy.ts';
import { by, deskEvent, deskPlatform, field, notFound } from '#lib/server/http/desk-place.ts';
import type { Actions, PageServerLoad } from './$types';

const ZONES = Intl.supportedValuesOf('timeZone');

export const load: PageServerLoad = async (request) => {
	const event = await deskEvent(request, request.params.event, 'event:manage');
	const settings = await request.locals.app.organise.settings(event.id);
	if (settings === null) notFound();
	return {
		settings,
		zones: ZONES.includes(settings.timeZone) ? ZONES : [settings.timeZone, ...ZONES],
		mayCopy: can(request.locals.actor, 'event:create', 'platform'),
		saved: request.url.searchParams.has('saved')
	};
};

/** Whole days, or nothing for "as long as the event". */
const days = z.union([
	z.literal('').transform(() => null),
	z.coerce.number().int().min(1).max(36_500)
]);
const day = z.union([z.literal('').transform(() => null), z.iso.date()]);
const KINDS = ['captions', 'chat', 'feedback', 'audit'] as const;

export const actions: Actions = {
	save: async (request) => {
		const event = await deskEvent(request, request.params.event, 'event:manage');
		const form = await request.request.formData();
		const values = {
			name: field(form, 'name'),
			slug: field(form, 'slug'),
			timeZone: field(form, 'timeZone'),
			startsOn: field(form, 'startsOn'),
			endsOn: field(form, 'endsOn'),
			venueNotes: field(form, 'venueNotes'),
			retention: Object.fromEntries(
				KINDS.map((kind) => [kind, field(form, `retention-${kind}`).trim()])
			) as Record<(typeof KINDS)[number], string>
		};
		const refused = (code: string, about: string | null = null) =>
			fail(400, { did: 'save' as const, code, about, values });
		const startsOn = day.safeParse(values.startsOn);
		if (!startsOn.success) return refused('date_invalid', 'startsOn');
		const endsOn = day.safeParse(values.endsOn);
		if (!endsOn.success) return refused('date_invalid', 'endsOn');
		const retention = { captions: null, chat: null, feedback: null, audit: null } as Record<
			(typeof KINDS)[number],
			number | null
		>;
		for (const kind of KINDS) {
			const parsed = days.safeParse(values.retention[kind]);
			if (!parsed.success) return refused('days_invalid', kind);
			retention[kind] = parsed.data;
		}
		const done = await request.locals.app.organise.changeEvent(
			event,
			{ ...values, startsOn: startsOn.data, endsOn: endsOn.data, retention },
			by(request)
		);
		if (!done.ok) return refused(done.error.code);
		redirect(303, `/admin/events/${done.value.slug}/settings?saved`);
	},

	copy: async (request) => {
		deskPlatform(request, 'event:create');
		const event = await deskEvent(request, request.params.event, 'event:manage');
		const form = await request.request.formData();
		const values = { name: field(form, 'name'), schedule: form.has('schedule') };
		const done = await request.locals.app.organise.copyEvent(
			event,
			{ ...values, slug: null },
			by(request)
		);
		if (!done.ok) return fail(400, { did: 'copy' as const, code: done.error.code, values });
		redirect(303, `/admin/events/${done.value.slug}`);
	},

	delete: async (request) => {
		const event = await deskEvent(request, request.params.event, 'event:manage');
		if (field(await request.request.formData(), 'confirm').trim() !== event.slug)
			return fail(400, { did: 'delete' as const, code: 'confirm_wrong' });
		await request.locals.app.organise.deleteEvent(event, by(request));
		redirect(303, `/admin/events/deleted?just=${encodeURIComponent(event.slug)}`);
	}
};
