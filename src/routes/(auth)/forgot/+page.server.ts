import { fail } from '@sveltejs/kit';
import { emailProblem } from '#lib/domain/access/account.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => ({ mailIsOn: locals.app.mail.isOn });

export const actions: Actions = {
	default: async ({ request, locals, getClientAddress }) => {
		const email = String((await request.formData()).get('email') ?? '').trim();
		const problem = emailProblem(email);
		if (problem) return fail(400, { email, problem, sent: false, refusal: null });
		const free = await locals.app.limits.letter.take('letter', getClientAddress());
		if (!free.ok) return fail(429, { email, problem: null, sent: false, refusal: free.error });
		await locals.app.accounts.links.ask('reset', email, locals.locale);
		return { email, problem: null, sent: true, refusal: null };
	}
};
