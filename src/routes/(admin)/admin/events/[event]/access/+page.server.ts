import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { actOf, textField } from '#lib/server/http/desk-act.ts';
import { deskEvent } from '#lib/server/http/desk-place.ts';
import { ROTATION_HOURS } from '#lib/server/people/access.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const wish = z.object({
	access: z.enum(['open', 'code', 'invite']),
	everyHours: z.preprocess(
		(text) => (text === '' ? null : Number(text)),
		z.union([z.null(), z.literal(ROTATION_HOURS)])
	)
});

const accessOf = (request: RequestEvent) =>
	deskEvent(request, request.params.event, 'event:access');

export const load: PageServerLoad = async (request) => {
	const { app } = request.locals;
	const event = await accessOf(request);
	return {
		settings: await app.people.listenerDoor.settings(event.id),
		rotationHours: ROTATION_HOURS,
		link: new URL(`/listener/${event.slug}`, app.env.PUBLIC_BASE_URL).href
	};
};

export const actions: Actions = {
	save: async (request) => {
		const event = await accessOf(request);
		const form = await request.request.formData();
		const parsed = wish.safeParse({
			access: textField(form, 'access'),
			everyHours: textField(form, 'everyHours')
		});
		if (!parsed.success) return fail(400, { did: 'save' as const, code: 'invalid' });
		await request.locals.app.people.listenerDoor.change(actOf(request), event.id, parsed.data);
		return { did: 'save' as const };
	},
	/** A new code; who is in stays in. */
	rotate: async (request) => {
		const event = await accessOf(request);
		await request.locals.app.people.listenerDoor.rotate(actOf(request), event.id);
		return { did: 'rotate' as const };
	},
	/** A new code that everybody needs, at once. */
	anew: async (request) => {
		const event = await accessOf(request);
		await request.locals.app.people.listenerDoor.rotate(actOf(request), event.id, true);
		return { did: 'rotate' as const };
	}
};
