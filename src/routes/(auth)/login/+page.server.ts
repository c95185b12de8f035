import { fail, redirect } from '@sveltejs/kit';
import { attemptKey } from '#lib/server/auth/attempts.ts';
import { COOKIES, normaliseEmail } from '#lib/server/auth/auth.ts';
import { addressForCookies, COOKIE_LIFETIME_S, setCredential } from '#lib/server/http/cookies.ts';
import { safeReturn } from '#lib/server/http/safe-return.ts';
import type { Actions, PageServerLoad } from './$types';

/** Longer ones are refused unread: hashing them would be work for an attacker to give us. */
const PASSWORD_MAX_LENGTH = 1_000;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

export const load: PageServerLoad = ({ locals, url }) => {
	if (locals.actor.kind === 'user') redirect(303, safeReturn(url.searchParams.get('next')) ?? '/');
	return {
		openInstead: addressForCookies({ url, publicBaseUrl: locals.app.env.PUBLIC_BASE_URL }),
		adminLogin: locals.app.auth.adminLoginEnabled
	};
};

export const actions: Actions = {
	default: async ({ request, locals, cookies, url, getClientAddress }) => {
		const { auth, attempts, env } = locals.app;
		const form = await request.formData();
		const email = String(form.get('email') ?? '').trim();
		const password = String(form.get('password') ?? '');
		const emailProblem = email === '' ? 'missing' : EMAIL.test(email) ? null : 'invalid';
		const passwordProblem = password === '' ? 'missing' : null;
		if (emailProblem || passwordProblem)
			return fail(400, { email, emailProblem, passwordProblem, refusal: null });

		// Per address and account: nobody locks another person out by guessing at their account from elsewhere.
		const answer = await attempts.password.guard(
			`${attemptKey(getClientAddress())}/${normaliseEmail(email)}`,
			() => auth.signIn(email, password.slice(0, PASSWORD_MAX_LENGTH))
		);
		if (!answer.ok) {
			const status = answer.error.code === 'too_many_attempts' ? 429 : 400;
			return fail(status, {
				email,
				emailProblem: null,
				passwordProblem: null,
				refusal: answer.error
			});
		}
		setCredential(
			cookies,
			{ url, publicBaseUrl: env.PUBLIC_BASE_URL },
			{ name: COOKIES.account, value: answer.value, maxAgeS: COOKIE_LIFETIME_S.account }
		);
		redirect(303, safeReturn(url.searchParams.get('next')) ?? '/');
	}
};
