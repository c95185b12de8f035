import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { mayGrant } from '#lib/domain/access/granting.ts';
import type { Role } from '#lib/domain/access/policy.ts';
import { actOf, listView, textField } from '#lib/server/http/desk-act.ts';
import { INVITE_DAYS_MAX } from '#lib/server/people/invitations.ts';
import { placesOf, sightOf } from '#lib/server/people/places.ts';
import { inviteLink, mailInvite } from '../letters.ts';
import { grantsOf, named, peopleOf, ROLE } from '../people.server.ts';
import type { Actions, PageServerLoad } from './$types';

const wish = z.object({
	role: ROLE,
	label: z.string().max(200),
	days: z.coerce.number().int().min(1).max(INVITE_DAYS_MAX),
	uses: z.enum(['once', 'many'])
});

export const load: PageServerLoad = async (request) => {
	const { app, actor } = request.locals;
	const event = await peopleOf(request);
	const places = await placesOf(app.events, event);
	const view = listView(request.url);
	const sight = sightOf(actor, event, places);
	const { rows, total } = await app.people.invitations.list(event.id, sight, view.search, view);
	return {
		view: { search: view.search, page: view.page, limit: view.limit, total },
		mailIsOn: app.mail.isOn,
		daysMax: INVITE_DAYS_MAX,
		invites: rows.map((row) => {
			const place = places.of({ ...row, eventId: event.id });
			const mayChange = place !== null && mayGrant(actor, row.role as Role, place.scope);
			return { ...row, place: named(place), mayChange };
		}),
		grants: grantsOf(actor, places)
	};
};

export const actions: Actions = {
	make: async (request) => {
		const { app } = request.locals;
		const event = await peopleOf(request);
		const form = await request.request.formData();
		const values = {
			role: textField(form, 'role'),
			place: textField(form, 'place'),
			label: textField(form, 'label', 200),
			days: textField(form, 'days', 10),
			uses: textField(form, 'uses')
		};
		const refused = (field: 'role' | 'place' | 'days', code: string) =>
			fail(400, { did: 'make' as const, field, code, values });
		const place = (await placesOf(app.events, event)).byKey(values.place);
		if (place === null) return refused('place', 'not_found');
		const parsed = wish.safeParse(values);
		if (!parsed.success) {
			const isDays = parsed.error.issues.some(({ path }) => path[0] === 'days');
			return isDays ? refused('days', 'days_wrong') : refused('role', 'not_allowed');
		}
		const { role, label, days, uses } = parsed.data;
		const made = await app.people.invitations.make(actOf(request), place.scope, {
			...{ role, label, email: null, days, maxUses: uses === 'once' ? 1 : null }
		});
		if (!made.ok) return refused('role', made.error.code);
		return { did: 'make' as const, link: inviteLink(app, made.value) };
	},

	/** A new link for the same invitation; the former one ends. */
	remake: async (request) => {
		const { app } = request.locals;
		const event = await peopleOf(request);
		const id = textField(await request.request.formData(), 'invite');
		const made = await app.people.invitations.remake(actOf(request), event.id, id);
		if (!made.ok) return fail(400, { did: 'remake' as const, code: made.error.code });
		return { did: 'remake' as const, link: inviteLink(app, made.value) };
	},

	/** A new link by mail, since nobody knows the former one any more. */
	send: async (request) => {
		const { app } = request.locals;
		const event = await peopleOf(request);
		if (!app.mail.isOn) return fail(400, { did: 'send' as const, code: 'mail_off' });
		const id = textField(await request.request.formData(), 'invite');
		const by = actOf(request);
		const made = await app.people.invitations.remake(by, event.id, id);
		if (!made.ok) return fail(400, { did: 'send' as const, code: made.error.code });
		const sent = await mailInvite(app, event, made.value, by);
		if (sent.ok) return { did: 'send' as const, email: made.value.email ?? '' };
		const link = inviteLink(app, made.value);
		return fail(400, { did: 'send' as const, code: sent.error.code, link });
	},

	revoke: async (request) => {
		const event = await peopleOf(request);
		const id = textField(await request.request.formData(), 'invite');
		const done = await request.locals.app.people.invitations.revoke(actOf(request), event.id, id);
		if (!done.ok) return fail(400, { did: 'revoke' as const, code: done.error.code });
		return { did: 'revoke' as const };
	}
};
