import { redirect } from '@sveltejs/kit';
import { cookieMaxAge, cookieName, isLocale } from '#lib/paraglide/runtime.js';
import { safeReturn } from '#lib/server/http/safe-return.ts';
import type { RequestHandler } from './$types';

/** Changes the language of the pages for readers without scripts. */
export const POST: RequestHandler = async ({ request, cookies, url }) => {
	const form = await request.formData();
	const locale = form.get('locale');
	if (isLocale(locale))
		cookies.set(cookieName, locale, {
			path: '/',
			maxAge: cookieMaxAge,
			sameSite: 'lax',
			// Scripts set it too.
			httpOnly: false,
			secure: url.protocol === 'https:'
		});
	redirect(303, safeReturn(form.get('back')) ?? '/');
};
