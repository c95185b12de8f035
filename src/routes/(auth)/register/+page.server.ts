import { fail, redirect } from '@sveltejs/kit';
import { emailProblem, nameProblem } from '#lib/domain/access/account.ts';
import type { Actor } from '#lib/domain/access/policy.ts';
import type { Env } from '#lib/server/env.ts';
import type { Actions, PageServerLoad } from './$types';

/** Who may make an account: everybody, or whoever has come in by an invitation, or nobody. */
function mayRegister({ REGISTRATION }: Env, actor: Actor): boolean {
	if (REGISTRATION === 'off') return false;
	return REGISTRATION === 'open' || actor.kind === 'guest';
}

export const load: PageServerLoad = ({ locals: { app, actor } }) => {
	if (actor.kind === 'user') redirect(303, '/account');
	return {
		registration: app.env.REGISTRATION,
		may: mayRegister(app.env, actor),
		mailIsOn: app.mail.isOn,
		name: actor.kind === 'guest' ? actor.name : ''
	};
};

export const actions: Actions = {
	default: async ({ request, locals, getClientAddress }) => {
		const { app, actor, locale } = locals;
		const form = await request.formData();
		const email = String(form.get('email') ?? '').trim();
		const name = String(form.get('name') ?? '').trim();
		const typed = { email, name, sent: false, refusal: null };
		if (!mayRegister(app.env, actor) || !app.mail.isOn)
			return fail(403, { ...typed, emailProblem: null, nameProblem: null });
		const problems = { emailProblem: emailProblem(email), nameProblem: nameProblem(name) };
		if (problems.emailProblem || problems.nameProblem) return fail(400, { ...typed, ...problems });
		const free = await app.limits.letter.take('letter', getClientAddress());
		if (!free.ok) return fail(429, { ...typed, ...problems, refusal: free.error });
		await app.accounts.links.register(email, name, locale);
		return { ...typed, ...problems, sent: true };
	}
};
