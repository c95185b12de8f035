import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { grantableRoles, mayGrant, type MemberRole } from '#lib/domain/access/granting.ts';
import type { Role } from '#lib/domain/access/policy.ts';
import { actOf, listView, textField } from '#lib/server/http/desk-act.ts';
import { INVITE_DAYS_MAX } from '#lib/server/people/invitations.ts';
import { placesOf, sightOf } from '#lib/server/people/places.ts';
import { inviteLink, mailInvite, mailMember } from './letters.ts';
import { grantsOf, named, peopleOf, ROLE } from './people.server.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const EMAIL = z.email().max(320);

export const load: PageServerLoad = async (request) => {
	const { app, actor } = request.locals;
	const event = await peopleOf(request);
	const places = await placesOf(app.events, event);
	const view = listView(request.url);
	const { rows, total } = await app.people.members.list(
		event.id,
		sightOf(actor, event, places),
		view.search,
		view
	);
	return {
		view: { search: view.search, page: view.page, limit: view.limit, total },
		mailIsOn: app.mail.isOn,
		members: rows.map((row) => {
			const place = places.of({ ...row, eventId: event.id });
			const isOwn = actor.kind === 'user' && actor.user === row.user;
			const mayTake = place !== null && mayGrant(actor, row.role as Role, place.scope);
			return {
				...{ id: row.id, name: row.name, email: row.email, active: row.active, role: row.role },
				since: row.since,
				place: named(place),
				isOwn,
				mayRemove: isOwn || mayTake,
				roles: place === null || !mayTake ? [] : grantableRoles(actor, place.scope)
			};
		}),
		grants: grantsOf(actor, places)
	};
};

export const actions: Actions = {
	/** Somebody with an account becomes a member; any other address gets an invitation. */
	add: async (request) => {
		const { app } = request.locals;
		const event = await peopleOf(request);
		const form = await request.request.formData();
		const values = {
			email: textField(form, 'email', 320),
			role: textField(form, 'role'),
			place: textField(form, 'place')
		};
		const refused = (field: 'email' | 'role' | 'place' | null, code: string) =>
			fail(400, { did: 'add' as const, field, code, values });

		const email = EMAIL.safeParse(values.email);
		if (!email.success) return refused('email', values.email === '' ? 'missing' : 'invalid');
		const places = await placesOf(app.events, event);
		const place = places.byKey(values.place);
		if (place === null) return refused('place', 'not_found');
		const role = ROLE.safeParse(values.role);
		if (!role.success) return refused('role', 'not_allowed');

		const by = actOf(request);
		const account = await app.people.members.account(email.data);
		if (account !== null) {
			const put = await app.people.members.put(by, place.scope, account.user, role.data);
			if (!put.ok) return refused('role', put.error.code);
			if (put.value === 'added') await mailMember(app, event, email.data, role.data, by);
			return { did: 'add' as const, outcome: put.value, email: email.data, link: null };
		}
		const made = await app.people.invitations.make(by, place.scope, {
			...{ role: role.data, label: '', email: email.data },
			...{ maxUses: 1, days: INVITE_DAYS_MAX }
		});
		if (!made.ok) return refused('role', made.error.code);
		const sent = await mailInvite(app, event, made.value, by);
		// Without mail the link is shown, once, for the organiser to pass on.
		const link = sent.ok ? null : inviteLink(app, made.value);
		const outcome = sent.ok ? ('invited' as const) : ('link' as const);
		return { did: 'add' as const, outcome, email: email.data, link };
	},

	change: async (request) => {
		const event = await peopleOf(request);
		const form = await request.request.formData();
		const role = ROLE.safeParse(textField(form, 'role'));
		const code = role.success
			? await refusalOf(change(request, event.id, memberId(form), role.data))
			: 'not_allowed';
		if (code !== null) return fail(400, { did: 'change' as const, code });
		return { did: 'change' as const };
	},

	remove: async (request) => {
		const event = await peopleOf(request);
		const form = await request.request.formData();
		const done = request.locals.app.people.members.remove(actOf(request), event.id, memberId(form));
		const code = await refusalOf(done);
		if (code !== null) return fail(400, { did: 'remove' as const, code });
		return { did: 'remove' as const };
	}
};

type Members = App.Locals['app']['people']['members'];

function change(
	request: RequestEvent,
	event: Parameters<Members['change']>[1],
	member: number,
	role: MemberRole
) {
	return request.locals.app.people.members.change(actOf(request), event, member, role);
}

async function refusalOf(
	done: Promise<{ ok: true } | { ok: false; error: { code: string } }>
): Promise<string | null> {
	const outcome = await done;
	return outcome.ok ? null : outcome.error.code;
}

/** 0, which no row has, for what is no id. */
function memberId(form: FormData): number {
	const id = Number(textField(form, 'member'));
	return Number.isSafeInteger(id) && id > 0 && id < 2 ** 31 ? id : 0;
}
