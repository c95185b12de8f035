import { redirect, type Cookies } from '@sveltejs/kit';
import { normaliseEmail } from '#lib/domain/access/account.ts';
import type { Result } from '#lib/domain/result.ts';
import type { SignInStep } from '../accounts/sign-in.ts';
import type { App } from '../app.ts';
import { attemptKey, type TooMany } from '../auth/attempts.ts';
import { COOKIES } from '../auth/auth.ts';
import type { Visit } from '../auth/lucia.ts';
import { COOKIE_LIFETIME_S, cookiesAreSecure, setCredential } from './cookies.ts';
import { safeReturn } from './safe-return.ts';

/** What every page that signs somebody in has in common. */
export type SignInRequest = {
	readonly locals: { readonly app: App };
	readonly cookies: Cookies;
	readonly url: URL;
	readonly request: Request;
	getClientAddress(): string;
};

/** Between the password and the code; good for nothing but typing the code. */
const CHALLENGE = { name: 'second_factor_token', path: '/login', maxAgeS: 600 } as const;

export function visitOf({ request, getClientAddress }: SignInRequest): Visit {
	return { device: request.headers.get('user-agent') ?? '', address: getClientAddress() };
}

/** Goes on after somebody has shown who they are: in, or to the code of the second factor. Never returns. */
export function goOnTo(event: SignInRequest, step: SignInStep): never {
	const next = safeReturn(event.url.searchParams.get('next'));
	if (step.kind === 'in') enter(event, step.cookie, next);
	const { name, path, maxAgeS: maxAge } = CHALLENGE;
	const where = { url: event.url, publicBaseUrl: event.locals.app.env.PUBLIC_BASE_URL };
	const secure = cookiesAreSecure(where);
	event.cookies.set(name, step.challenge, {
		...{ path, maxAge, secure, httpOnly: true, sameSite: 'lax' }
	});
	redirect(303, next === null ? '/login' : `/login?next=${encodeURIComponent(next)}`);
}

export function enter(event: SignInRequest, cookie: string, next: string | null): never {
	setCredential(
		event.cookies,
		{ url: event.url, publicBaseUrl: event.locals.app.env.PUBLIC_BASE_URL },
		{ name: COOKIES.account, value: cookie, maxAgeS: COOKIE_LIFETIME_S.account }
	);
	forgetChallenge(event.cookies);
	redirect(303, next ?? '/');
}

export function challengeOf(cookies: Cookies): string | null {
	return cookies.get(CHALLENGE.name) ?? null;
}

export function forgetChallenge(cookies: Cookies): void {
	cookies.delete(CHALLENGE.name, { path: CHALLENGE.path });
}

/**
 * Limits wrong passwords twice: by account and address together, so that nobody locks another person out by
 * guessing at their account from elsewhere, and by address, so that nobody tries one password at a thousand
 * accounts.
 */
export function guardPassword<T, C extends string>(
	{ app }: { app: Pick<App, 'attempts'> },
	address: string,
	email: string,
	verify: () => Promise<Result<T, C>>
): Promise<Result<T, C> | { readonly ok: false; readonly error: TooMany }> {
	const from = attemptKey(address);
	const answer = app.attempts.address.guard<T, C | 'too_many_attempts'>(from, () =>
		app.attempts.password.guard(`${from}/${normaliseEmail(email)}`, verify)
	);
	// The types forget that either limit says when to come back.
	return answer as Promise<Result<T, C> | { readonly ok: false; readonly error: TooMany }>;
}
