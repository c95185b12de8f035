import { eq } from 'drizzle-orm';
import { personId, type UserId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Audit } from '../audit/audit.ts';
import type { Auth } from '../auth/auth.ts';
import type { Visit } from '../auth/lucia.ts';
import type { Db } from '../db/database.ts';
import { users } from '../db/schema.ts';
import type { OneTimeSecrets } from './one-time-secrets.ts';
import type { SecondFactor } from './second-factor.ts';

/** How far a sign-in has come: `in` with the cookie's value, or asked for the code of the second factor. */
export type SignInStep =
	| { readonly kind: 'in'; readonly cookie: string }
	| { readonly kind: 'second-factor'; readonly challenge: string };

/** By what somebody has shown who they are, for the audit log. */
export type ShownBy = 'password' | 'link' | 'registration' | 'invitation';

export type SignIn = {
	password(
		email: string,
		password: string,
		visit: Visit
	): Promise<Result<SignInStep, 'credentials_wrong'>>;
	/**
	 * Goes on for somebody who has shown whose account it is. Refusal for an account that was deactivated: no
	 * way leads in, so every way ends here.
	 */
	goOn(user: UserId, by: ShownBy, visit: Visit): Promise<Result<SignInStep, 'account_off'>>;
	/** Whose code is asked for; null when the challenge is over. */
	challenged(challenge: string): Promise<UserId | null>;
	/** The code of the second factor, or a recovery code. */
	code(
		challenge: string,
		code: string,
		visit: Visit
	): Promise<Result<string, 'challenge_over' | 'code_wrong'>>;
};

const OVER = refuse('challenge_over', 'This took too long. Sign in anew.');

export function createSignIn({
	db,
	auth,
	secrets,
	secondFactor,
	audit
}: {
	db: Db;
	auth: Pick<Auth, 'passwordOwner' | 'sessions' | 'actorOf'>;
	secrets: OneTimeSecrets;
	secondFactor: SecondFactor;
	audit: Pick<Audit, 'record'>;
}): SignIn {
	const activeUser = async (user: UserId) => {
		const [row] = await db.select().from(users).where(eq(users.id, user));
		return row?.isActive ? row : null;
	};

	async function open(user: UserId, by: string, visit: Visit): Promise<string> {
		const cookie = await auth.sessions.start(user, visit);
		const actor = await auth.actorOf(personId(`user:${user}`));
		if (actor)
			await audit.record({
				...{ actor, action: 'account.signed_in', scope: 'platform', address: visit.address },
				details: { by }
			});
		return cookie;
	}

	const goOn: SignIn['goOn'] = async (user, by, visit) => {
		const row = await activeUser(user);
		if (!row) return refuse('account_off', 'This account is off.');
		if (row.totpSecretEncrypted === null)
			return ok({ kind: 'in', cookie: await open(user, by, visit) });
		const challenge = await secrets.issue({
			...{ kind: 'second-factor', user, email: row.email, detail: by }
		});
		return ok({ kind: 'second-factor', challenge });
	};

	return {
		goOn,

		async password(email, password, visit) {
			const owner = await auth.passwordOwner(email, password);
			if (!owner.ok) return owner;
			const gone = await goOn(owner.value, 'password', visit);
			return gone.ok ? gone : refuse('credentials_wrong', 'This account is off.');
		},

		async challenged(challenge) {
			return (await secrets.peek(challenge, ['second-factor']))?.user ?? null;
		},

		async code(challenge, code, visit) {
			const asked = await secrets.peek(challenge, ['second-factor']);
			if (!asked?.user || !(await activeUser(asked.user))) return OVER;
			const verified = await secondFactor.verify(asked.user, code);
			if (!verified.ok) return verified;
			if (!(await secrets.use(challenge, ['second-factor']))) return OVER;
			return ok(await open(asked.user, `${asked.detail}+${verified.value}`, visit));
		}
	};
}
