import { fail, redirect } from '@sveltejs/kit';
import { personId } from '#lib/domain/ids.ts';
import { attemptKey } from '#lib/server/auth/attempts.ts';
import { COOKIES } from '#lib/server/auth/auth.ts';
import { addressForCookies, COOKIE_LIFETIME_S, setCredential } from '#lib/server/http/cookies.ts';
import { safeReturn } from '#lib/server/http/safe-return.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => ({
	enabled: locals.app.auth.adminLoginEnabled,
	openInstead: addressForCookies({ url, publicBaseUrl: locals.app.env.PUBLIC_BASE_URL })
});

export const actions: Actions = {
	default: async ({ request, locals, cookies, url, getClientAddress }) => {
		const { audit, auth, attempts, env } = locals.app;
		const password = String((await request.formData()).get('password') ?? '');
		if (password === '') return fail(400, { missing: true, refusal: null });
		const answer = await attempts.password.guard(`${attemptKey(getClientAddress())}/admin`, () =>
			auth.adminLogin(password)
		);
		if (!answer.ok) {
			const status = answer.error.code === 'too_many_attempts' ? 429 : 400;
			return fail(status, { missing: false, refusal: answer.error });
		}
		await audit.record({
			actor: { kind: 'admin', person: personId('admin'), user: null, name: 'Admin', grants: [] },
			...{ action: 'admin.signed_in', scope: 'platform', address: getClientAddress() }
		});
		setCredential(
			cookies,
			{ url, publicBaseUrl: env.PUBLIC_BASE_URL },
			{ name: COOKIES.admin, value: answer.value, maxAgeS: COOKIE_LIFETIME_S.admin }
		);
		redirect(303, safeReturn(url.searchParams.get('next')) ?? '/');
	}
};
