import { redirect, type Cookies } from '@sveltejs/kit';
import type { Actor } from '#lib/domain/access/policy.ts';
import type { UserId } from '#lib/domain/ids.ts';
import type { Profile } from '../accounts/own-account.ts';
import type { App } from '../app.ts';
import { COOKIES } from '../auth/auth.ts';

/** A request of somebody about their own account. */
export type OwnRequest = {
	readonly locals: { readonly app: App; readonly actor: Actor; readonly locale: string };
	readonly cookies: Cookies;
	readonly url: URL;
	getClientAddress(): string;
};

/** @throws redirect to the sign-in page for everybody without an account, invited guests too. */
export async function ownAccount({ locals: { app, actor }, url }: OwnRequest): Promise<Profile> {
	const user: UserId | null = actor.kind === 'anonymous' ? null : actor.user;
	const profile = user === null ? null : await app.accounts.own.profile(user);
	if (profile === null) redirect(303, `/login?next=${encodeURIComponent(url.pathname)}`);
	return profile;
}

export function fromHere({ cookies, getClientAddress }: OwnRequest) {
	return { cookie: cookies.get(COOKIES.account) ?? null, address: getClientAddress() };
}
