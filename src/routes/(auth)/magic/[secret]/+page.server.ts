import { fail } from '@sveltejs/kit';
import { addressForCookies } from '#lib/server/http/cookies.ts';
import { goOnTo, visitOf } from '#lib/server/http/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

/** Uses nothing up: mail scanners and previews follow links, people press the button. */
export const load: PageServerLoad = async ({ locals: { app }, params, url, setHeaders }) => {
	setHeaders({ 'cache-control': 'private, no-store' });
	return {
		link: await app.accounts.links.look('magic', params.secret),
		openInstead: addressForCookies({ url, publicBaseUrl: app.env.PUBLIC_BASE_URL })
	};
};

export const actions: Actions = {
	default: async (event) => {
		const { links } = event.locals.app.accounts;
		const answer = await links.magic(event.params.secret, visitOf(event));
		if (!answer.ok) return fail(400, { over: true });
		goOnTo(event, answer.value);
	}
};
