import { fail } from '@sveltejs/kit';
import { newPasswordProblem } from '#lib/domain/access/account.ts';
import { addressForCookies } from '#lib/server/http/cookies.ts';
import { goOnTo, visitOf } from '#lib/server/http/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { app }, params, url, setHeaders }) => {
	setHeaders({ 'cache-control': 'private, no-store' });
	return {
		link: await app.accounts.links.look('reset', params.secret),
		openInstead: addressForCookies({ url, publicBaseUrl: app.env.PUBLIC_BASE_URL })
	};
};

export const actions: Actions = {
	default: async (event) => {
		const password = String((await event.request.formData()).get('password') ?? '');
		// Before the link is used: a password that is refused must not cost it.
		const problem = newPasswordProblem(password);
		if (problem) return fail(400, { problem, over: false });
		const { links } = event.locals.app.accounts;
		const answer = await links.reset(event.params.secret, password, visitOf(event));
		if (!answer.ok) return fail(400, { problem: null, over: true });
		goOnTo(event, answer.value);
	}
};
