import { fail } from '@sveltejs/kit';
import { emailProblem, nameProblem } from '#lib/domain/access/account.ts';
import { deskPlatform } from '#lib/server/http/desk-place.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
	deskPlatform(event, 'platform:manage');
	return { mailIsOn: event.locals.app.mail.isOn };
};

export const actions: Actions = {
	default: async (event) => {
		const actor = deskPlatform(event, 'platform:manage');
		const form = await event.request.formData();
		const typed = {
			email: String(form.get('email') ?? '').trim(),
			name: String(form.get('name') ?? '').trim(),
			isAdmin: form.has('isAdmin'),
			mayCreateEvents: form.has('mayCreateEvents')
		};
		const problems = {
			emailProblem: emailProblem(typed.email),
			nameProblem: nameProblem(typed.name)
		};
		if (problems.emailProblem || problems.nameProblem)
			return fail(400, { ...typed, ...problems, taken: false, made: null });
		const invite = form.get('invite') === 'mail' ? 'mail' : 'link';
		const { accounts } = event.locals.app;
		const by = { actor, address: event.getClientAddress() };
		const made = await accounts.directory.create(typed, invite, event.locals.locale, by);
		if (!made.ok) return fail(400, { ...typed, ...problems, taken: true, made: null });
		return { ...typed, ...problems, taken: false, made: { ...made.value, invite } };
	}
};
