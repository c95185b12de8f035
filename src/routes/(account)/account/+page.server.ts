import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import {
	emailProblem,
	nameProblem,
	newPasswordProblem,
	normaliseEmail,
	type FieldProblem
} from '#lib/domain/access/account.ts';
import { deviceOf } from '#lib/domain/access/device.ts';
import { cookieMaxAge, cookieName, isLocale } from '#lib/paraglide/runtime.js';
import type { Profile } from '#lib/server/accounts/own-account.ts';
import { COOKIES } from '#lib/server/auth/auth.ts';
import { fromHere, ownAccount } from '#lib/server/http/own-account.ts';
import { guardPassword } from '#lib/server/http/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	event.setHeaders({ 'cache-control': 'private, no-store' });
	const profile = await ownAccount(event);
	const { accounts, auth, mail } = event.locals.app;
	const [sessions, recoveryLeft, setup] = await Promise.all([
		auth.sessions.list(profile.id, fromHere(event).cookie),
		profile.hasSecondFactor ? accounts.secondFactor.recoveryCodesLeft(profile.id) : 0,
		profile.hasSecondFactor ? null : accounts.secondFactor.setup(profile.id, profile.email)
	]);
	return {
		profile,
		mailIsOn: mail.isOn,
		recoveryLeft,
		setup,
		sessions: sessions.map(({ device, startedAt, seenAt, ...session }) => ({
			...session,
			device: deviceOf(device),
			startedAt: startedAt.getTime(),
			seenAt: seenAt.getTime()
		}))
	};
};

/** Every answer of this page says which of its forms it belongs to. */
type Section = 'profile' | 'email' | 'password' | 'factor' | 'sessions' | 'delete';
type Answered = {
	readonly section: Section;
	/** Code of what was refused, or null. */
	readonly refusal?: string | null;
	readonly done?: string | null;
	readonly problem?: FieldProblem | null;
	/** What was typed, besides secrets. */
	readonly typed?: string;
	readonly events?: readonly string[];
	readonly recovery?: readonly string[];
};

const NOTHING = {
	refusal: null as string | null,
	done: null as string | null,
	problem: null as FieldProblem | null,
	typed: '',
	events: [] as readonly string[],
	recovery: [] as readonly string[]
};
const refused = (answer: Answered) => fail(400, { ...NOTHING, ...answer });
const done = (answer: Answered) => ({ ...NOTHING, ...answer });

/** It is really them, by the password typed into `password`; wrong ones count as at the sign-in page. */
async function confirmed(event: RequestEvent, profile: Profile, form: FormData) {
	const password = String(form.get('password') ?? '');
	const { own } = event.locals.app.accounts;
	return guardPassword(event.locals, event.getClientAddress(), profile.email, () =>
		own.confirm(profile.id, password, fromHere(event))
	);
}

export const actions: Actions = {
	profile: async (event) => {
		const profile = await ownAccount(event);
		const form = await event.request.formData();
		const name = String(form.get('name') ?? '').trim();
		const problem = nameProblem(name);
		if (problem) return refused({ section: 'profile', problem, typed: name });
		const { own } = event.locals.app.accounts;
		if (name !== profile.name) await own.rename(profile.id, name, fromHere(event));
		const locale = form.get('locale');
		if (isLocale(locale)) {
			await own.setLocale(profile.id, locale);
			event.cookies.set(cookieName, locale, {
				...{ path: '/', maxAge: cookieMaxAge, sameSite: 'lax' },
				// Scripts set it too.
				...{ httpOnly: false, secure: event.url.protocol === 'https:' }
			});
		}
		// By a new page, which is in the new language.
		redirect(303, '/account?saved');
	},

	email: async (event) => {
		const profile = await ownAccount(event);
		const form = await event.request.formData();
		const email = String(form.get('email') ?? '').trim();
		const problem = emailProblem(email);
		if (problem) return refused({ section: 'email', problem, typed: email });
		const isThem = await confirmed(event, profile, form);
		if (!isThem.ok) return refused({ section: 'email', typed: email, refusal: isThem.error.code });
		const { app, locale } = event.locals;
		const free = await app.limits.letter.take('letter', event.getClientAddress());
		if (!free.ok) return refused({ section: 'email', typed: email, refusal: free.error.code });
		const changed = await app.accounts.own.changeEmail(profile.id, email, locale, fromHere(event));
		if (!changed.ok)
			return refused({ section: 'email', typed: email, refusal: changed.error.code });
		return done({ section: 'email', done: changed.value, typed: email });
	},

	password: async (event) => {
		const profile = await ownAccount(event);
		const form = await event.request.formData();
		const next = String(form.get('next') ?? '');
		const problem = newPasswordProblem(next);
		if (problem) return refused({ section: 'password', problem });
		const isThem = await confirmed(event, profile, form);
		if (!isThem.ok) return refused({ section: 'password', refusal: isThem.error.code });
		const { cookie, address } = fromHere(event);
		const replaced = await event.locals.app.accounts.own.replacePassword(profile.id, next, {
			...{ keepSession: cookie, action: 'account.password_changed', address }
		});
		if (!replaced.ok) return refused({ section: 'password', refusal: replaced.error.code });
		return done({ section: 'password', done: 'changed' });
	},

	factorBegin: async (event) => {
		const profile = await ownAccount(event);
		if (!profile.hasPassword || profile.hasSecondFactor) return refused({ section: 'factor' });
		const isThem = await confirmed(event, profile, await event.request.formData());
		if (!isThem.ok) return refused({ section: 'factor', refusal: isThem.error.code });
		await event.locals.app.accounts.secondFactor.begin(profile.id, profile.email);
		return done({ section: 'factor' });
	},

	factorConfirm: async (event) => {
		const profile = await ownAccount(event);
		const code = String((await event.request.formData()).get('code') ?? '').slice(0, 100);
		const { accounts, attempts, audit } = event.locals.app;
		const answer = await attempts.secondFactor.guard(profile.id, () =>
			accounts.secondFactor.confirm(profile.id, code)
		);
		if (!answer.ok) return refused({ section: 'factor', refusal: answer.error.code });
		await audit.record({
			...{ actor: event.locals.actor, action: 'account.second_factor_on', scope: 'platform' },
			address: event.getClientAddress()
		});
		return done({ section: 'factor', done: 'on', recovery: answer.value });
	},

	recovery: async (event) => {
		const profile = await ownAccount(event);
		if (!profile.hasSecondFactor) return refused({ section: 'factor' });
		const isThem = await confirmed(event, profile, await event.request.formData());
		if (!isThem.ok) return refused({ section: 'factor', refusal: isThem.error.code });
		const { secondFactor } = event.locals.app.accounts;
		return done({
			section: 'factor',
			recovery: await secondFactor.newRecoveryCodes(profile.id)
		});
	},

	factorOff: async (event) => {
		const profile = await ownAccount(event);
		const isThem = await confirmed(event, profile, await event.request.formData());
		if (!isThem.ok) return refused({ section: 'factor', refusal: isThem.error.code });
		await event.locals.app.accounts.own.secondFactorOff(profile.id, fromHere(event));
		return done({ section: 'factor', done: 'off' });
	},

	endSession: async (event) => {
		const profile = await ownAccount(event);
		const handle = String((await event.request.formData()).get('session') ?? '');
		await event.locals.app.accounts.own.endSession(profile.id, handle, fromHere(event));
		return done({ section: 'sessions', done: 'ended' });
	},

	endSessions: async (event) => {
		const profile = await ownAccount(event);
		await event.locals.app.accounts.own.endSessions(profile.id, fromHere(event));
		event.cookies.delete(COOKIES.account, { path: '/' });
		redirect(303, '/login');
	},

	delete: async (event) => {
		const profile = await ownAccount(event);
		const form = await event.request.formData();
		const typed = normaliseEmail(String(form.get('confirm') ?? ''));
		if (typed !== profile.email) return refused({ section: 'delete', refusal: 'mismatch' });
		const isThem = await confirmed(event, profile, form);
		if (!isThem.ok) return refused({ section: 'delete', refusal: isThem.error.code });
		const removed = await event.locals.app.accounts.own.remove(profile.id, fromHere(event));
		if (!removed.ok) {
			const events = 'events' in removed.error ? removed.error.events : [];
			return refused({ section: 'delete', refusal: removed.error.code, events });
		}
		event.cookies.delete(COOKIES.account, { path: '/' });
		redirect(303, '/login?deleted');
	}
};
