import { fail } from '@sveltejs/kit';
import { addressForCookies } from '#lib/server/http/cookies.ts';
import { goOnTo, visitOf } from '#lib/server/http/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { app }, params, url, setHeaders }) => {
	setHeaders({ 'cache-control': 'private, no-store' });
	return {
		link: await app.accounts.links.look('verify', params.secret),
		openInstead: addressForCookies({ url, publicBaseUrl: app.env.PUBLIC_BASE_URL })
	};
};

export const actions: Actions = {
	default: async (event) => {
		const { links } = event.locals.app.accounts;
		const answer = await links.verify(event.params.secret, visitOf(event));
		if (!answer.ok) return fail(400, { outcome: answer.error.code });
		if (answer.value.kind === 'registered') goOnTo(event, answer.value.step);
		return { outcome: 'email_changed' as const };
	}
};
