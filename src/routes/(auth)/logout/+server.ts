import { redirect } from '@sveltejs/kit';
import { COOKIES } from '#lib/server/auth/auth.ts';
import type { RequestHandler } from './$types';

/** Ends every session of this browser; listening goes on, since it belongs to no account. */
export const POST: RequestHandler = async ({ locals, cookies, request }) => {
	const user = await locals.app.auth.signOut(request.headers.get('cookie'));
	// Other pages of this browser are signed out with it, in a booth too.
	if (user) await locals.app.rights.changed({ user });
	for (const name of [COOKIES.account, COOKIES.admin, COOKIES.guest])
		cookies.delete(name, { path: '/' });
	redirect(303, '/');
};
