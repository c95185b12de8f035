import { fail, redirect } from '@sveltejs/kit';
import { emailProblem } from '#lib/domain/access/account.ts';
import { addressForCookies } from '#lib/server/http/cookies.ts';
import { safeReturn } from '#lib/server/http/safe-return.ts';
import {
	challengeOf,
	enter,
	forgetChallenge,
	goOnTo,
	guardPassword,
	visitOf
} from '#lib/server/http/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, cookies, setHeaders }) => {
	const { auth, accounts, mail, env } = locals.app;
	const next = safeReturn(url.searchParams.get('next'));
	if (locals.actor.kind === 'user') redirect(303, next ?? '/');
	setHeaders({ 'cache-control': 'private, no-store' });
	const challenge = challengeOf(cookies);
	const asked = challenge === null ? null : await accounts.signIn.challenged(challenge);
	const way = url.searchParams.get('by') === 'link' ? 'link' : 'password';
	return {
		step: asked === null ? way : ('code' as const),
		next,
		mailIsOn: mail.isOn,
		mayRegister: env.REGISTRATION === 'open' && mail.isOn,
		openInstead: addressForCookies({ url, publicBaseUrl: env.PUBLIC_BASE_URL }),
		adminLogin: auth.adminLoginEnabled
	};
};

/** What was refused, and what was typed besides secrets. */
const EMPTY = {
	email: '',
	emailProblem: null,
	passwordProblem: null,
	codeProblem: null,
	sent: false,
	refusal: null
} as const;

export const actions: Actions = {
	password: async (event) => {
		const form = await event.request.formData();
		const email = String(form.get('email') ?? '').trim();
		const password = String(form.get('password') ?? '');
		const problem = emailProblem(email);
		const passwordProblem = password === '' ? ('missing' as const) : null;
		if (problem || passwordProblem)
			return fail(400, { ...EMPTY, email, emailProblem: problem, passwordProblem });

		const answer = await guardPassword(event.locals, event.getClientAddress(), email, () =>
			event.locals.app.accounts.signIn.password(email, password, visitOf(event))
		);
		if (answer.ok) goOnTo(event, answer.value);
		const status = answer.error.code === 'too_many_attempts' ? 429 : 400;
		return fail(status, { ...EMPTY, email, refusal: answer.error });
	},

	link: async ({ request, locals, getClientAddress }) => {
		const email = String((await request.formData()).get('email') ?? '').trim();
		const problem = emailProblem(email);
		if (problem) return fail(400, { ...EMPTY, email, emailProblem: problem });
		const free = await locals.app.limits.letter.take('letter', getClientAddress());
		if (!free.ok) return fail(429, { ...EMPTY, email, refusal: free.error });
		await locals.app.accounts.links.ask('magic', email, locals.locale);
		return { ...EMPTY, email, sent: true };
	},

	code: async (event) => {
		const { accounts, attempts } = event.locals.app;
		const code = String((await event.request.formData()).get('code') ?? '').slice(0, 100);
		const challenge = challengeOf(event.cookies);
		const user = challenge === null ? null : await accounts.signIn.challenged(challenge);
		if (challenge === null || user === null) {
			forgetChallenge(event.cookies);
			return fail(400, { ...EMPTY, refusal: { code: 'challenge_over' } });
		}
		if (code.trim() === '') return fail(400, { ...EMPTY, codeProblem: 'missing' as const });
		const answer = await attempts.secondFactor.guard(user, () =>
			accounts.signIn.code(challenge, code, visitOf(event))
		);
		if (answer.ok) enter(event, answer.value, safeReturn(event.url.searchParams.get('next')));
		if (answer.error.code === 'code_wrong')
			return fail(400, { ...EMPTY, codeProblem: 'wrong' as const });
		return fail(400, { ...EMPTY, refusal: answer.error });
	},

	restart: ({ cookies, url }) => {
		forgetChallenge(cookies);
		const next = safeReturn(url.searchParams.get('next'));
		redirect(303, next === null ? '/login' : `/login?next=${encodeURIComponent(next)}`);
	}
};
