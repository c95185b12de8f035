import { and, eq, isNull, ne } from 'drizzle-orm';
import type { AuditAction } from '#lib/domain/access/audit-actions.ts';
import { normaliseEmail } from '#lib/domain/access/account.ts';
import { personId, type UserId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Audit } from '../audit/audit.ts';
import type { Auth } from '../auth/auth.ts';
import { hashPassword, verifyPassword } from '../auth/passwords.ts';
import type { Db } from '../db/database.ts';
import { chatMessages, users } from '../db/schema.ts';
import type { Rights } from '../realtime/rights.ts';
import { isLastAdmin, oneAtATime, soleOwnerOf } from './last-one.ts';
import type { OneTimeSecrets } from './one-time-secrets.ts';
import type { SecondFactor } from './second-factor.ts';
import type { Postbox } from './postbox.ts';

/** The browser that asks: its cookie, and the network address for the audit log. */
export type From = { readonly cookie: string | null; readonly address: string };

export type Profile = {
	readonly id: UserId;
	readonly name: string;
	readonly email: string;
	readonly isEmailVerified: boolean;
	readonly hasPassword: boolean;
	readonly hasSecondFactor: boolean;
	readonly locale: string | null;
	readonly isAdmin: boolean;
};

/** What people change about their own account. */
export type OwnAccount = {
	profile(user: UserId): Promise<Profile | null>;
	rename(user: UserId, name: string, from: From): Promise<void>;
	setLocale(user: UserId, locale: string): Promise<void>;
	/**
	 * Whether it is really them at this browser: by their password, or, where they have none, by having signed
	 * in a moment ago.
	 */
	confirm(
		user: UserId,
		password: string,
		from: From
	): Promise<Result<void, 'credentials_wrong' | 'sign_in_again'>>;
	/** Sets a new password; every other session ends at once, and what was sent by mail before. */
	replacePassword(
		user: UserId,
		password: string,
		how: {
			/** Cookie of the session that stays; null: all end. */
			readonly keepSession: string | null;
			readonly action: Extract<AuditAction, `account.password_${string}`>;
			readonly address: string;
		}
	): Promise<Result<void, 'account_off'>>;
	/** Sends a link to the new address, or, where mail is off, changes it at once. */
	changeEmail(
		user: UserId,
		email: string,
		locale: string,
		from: From
	): Promise<Result<'sent' | 'changed', 'email_taken' | 'account_off'>>;
	replaceEmail(
		user: UserId,
		email: string,
		address: string
	): Promise<Result<void, 'email_taken' | 'account_off'>>;
	/** A link that was sent to this address was used. */
	emailIsTheirs(user: UserId, email: string): Promise<void>;
	secondFactorOff(user: UserId, from: From): Promise<void>;
	endSession(user: UserId, handle: string, from: From): Promise<boolean>;
	/** Everywhere, here too. */
	endSessions(user: UserId, from: From): Promise<void>;
	/** Takes the account and all that is told of it away. `events` of which it is the only owner. */
	remove(user: UserId, from: From): Promise<Result<void, 'last_admin' | 'account_off'> | SoleOwner>;
};

type SoleOwner = {
	readonly ok: false;
	readonly error: {
		readonly code: 'last_owner';
		readonly message: string;
		readonly events: readonly string[];
	};
};

/** A password-less account confirms by a sign-in that is no older. */
const FRESH_MS = 15 * 60_000;

export function createOwnAccount({
	db,
	auth,
	secrets,
	secondFactor,
	postbox,
	rights,
	audit,
	baseUrl,
	now
}: {
	db: Db;
	auth: Pick<Auth, 'sessions' | 'actorOf'>;
	secrets: OneTimeSecrets;
	secondFactor: Pick<SecondFactor, 'off'>;
	postbox: Postbox;
	rights: Pick<Rights, 'changed'>;
	audit: Pick<Audit, 'record'>;
	baseUrl: string;
	now: () => number;
}): OwnAccount {
	const rowOf = async (user: UserId) => {
		const [row] = await db.select().from(users).where(eq(users.id, user));
		return row?.isActive ? row : null;
	};
	const OFF = refuse('account_off', 'This account is off.');

	async function record(
		user: UserId,
		action: AuditAction,
		address: string,
		details: Record<string, unknown> = {}
	): Promise<void> {
		const actor = await auth.actorOf(personId(`user:${user}`));
		if (actor) await audit.record({ actor, action, scope: 'platform', address, details });
	}

	const replaceEmail: OwnAccount['replaceEmail'] = async (user, typed, address) => {
		const email = normaliseEmail(typed);
		const row = await rowOf(user);
		if (!row) return OFF;
		const [taken] = await db
			.select({ id: users.id })
			.from(users)
			.where(and(eq(users.email, email), ne(users.id, user)));
		if (taken) return refuse('email_taken', 'Another account has this address.');
		const changed = await db
			.update(users)
			.set({ email, emailVerifiedAt: postbox.isOn ? new Date(now()) : null })
			.where(eq(users.id, user))
			.returning({ id: users.id })
			.catch(takenMeanwhile);
		if (changed === 'taken') return refuse('email_taken', 'Another account has this address.');
		// Links to the former address must not open the account any more.
		await secrets.forget(user, ['magic', 'reset', 'welcome', 'email']);
		postbox.post(row.email, { kind: 'email-changed', email }, row.locale);
		await record(user, 'account.email_changed', address, { from: row.email, to: email });
		return ok(undefined);
	};

	return {
		replaceEmail,

		async profile(user) {
			const row = await rowOf(user);
			if (!row) return null;
			return {
				id: user,
				name: row.displayName,
				email: row.email,
				isEmailVerified: row.emailVerifiedAt !== null,
				hasPassword: row.passwordHash !== null,
				hasSecondFactor: row.totpSecretEncrypted !== null,
				locale: row.locale,
				isAdmin: row.isAdmin
			};
		},

		async rename(user, name, { address }) {
			await db.update(users).set({ displayName: name.trim() }).where(eq(users.id, user));
			await record(user, 'account.renamed', address, { to: name.trim() });
		},

		async setLocale(user, locale) {
			await db.update(users).set({ locale }).where(eq(users.id, user));
		},

		async confirm(user, password, { cookie }) {
			const row = await rowOf(user);
			if (row?.passwordHash)
				return (await verifyPassword(row.passwordHash, password))
					? ok(undefined)
					: refuse('credentials_wrong', 'This is not your password.');
			const own = (await auth.sessions.list(user, cookie)).find(({ isThisOne }) => isThisOne);
			return own && now() - own.startedAt.getTime() < FRESH_MS
				? ok(undefined)
				: refuse('sign_in_again', 'Sign in anew first: this session is not fresh.');
		},

		async replacePassword(user, password, { keepSession, action, address }) {
			const row = await rowOf(user);
			if (!row) return OFF;
			await db
				.update(users)
				.set({ passwordHash: await hashPassword(password) })
				.where(eq(users.id, user));
			await secrets.forget(user);
			await auth.sessions.endOthers(user, keepSession);
			await rights.changed({ sessionsOf: user });
			postbox.post(row.email, { kind: 'password-changed' }, row.locale);
			await record(user, action, address);
			return ok(undefined);
		},

		async changeEmail(user, typed, locale, { address }) {
			const email = normaliseEmail(typed);
			if (!postbox.isOn) {
				const replaced = await replaceEmail(user, email, address);
				return replaced.ok ? ok('changed') : replaced;
			}
			await secrets.forget(user, ['email']);
			const secret = await secrets.issue({ kind: 'email', user, email });
			const link = new URL(`/verify/${secret}`, baseUrl).href;
			// To an address of somebody else too: the letter, not this page, tells who has an account.
			postbox.post(email, { kind: 'email', link }, locale);
			return ok('sent');
		},

		async emailIsTheirs(user, email) {
			await db
				.update(users)
				.set({ emailVerifiedAt: new Date(now()) })
				.where(and(eq(users.id, user), eq(users.email, email), isNull(users.emailVerifiedAt)));
		},

		async secondFactorOff(user, { address }) {
			const row = await rowOf(user);
			await secondFactor.off(user);
			if (row) postbox.post(row.email, { kind: 'second-factor-off' }, row.locale);
			await record(user, 'account.second_factor_off', address);
		},

		async endSession(user, handle, { address }) {
			const ended = await auth.sessions.endOne(user, handle);
			if (!ended) return false;
			await rights.changed({ user });
			await record(user, 'account.sessions_ended', address, { sessions: 'one' });
			return true;
		},

		async endSessions(user, { address }) {
			await record(user, 'account.sessions_ended', address, { sessions: 'all' });
			await auth.sessions.endAll(user);
			await secrets.forget(user, ['magic', 'second-factor']);
			await rights.changed({ sessionsOf: user });
		},

		async remove(user, { address }) {
			const row = await rowOf(user);
			if (!row) return OFF;
			// Before, while there is somebody to name.
			const actor = await auth.actorOf(personId(`user:${user}`));
			const removed = await oneAtATime(db, async (tx) => {
				if (await isLastAdmin(tx, user))
					return refuse('last_admin', 'You are the last super admin.');
				const events = await soleOwnerOf(tx, user);
				if (events.length > 0) return soleOwner(events);
				const gone = { person: 'gone', name: '' };
				await tx
					.update(chatMessages)
					.set(gone)
					.where(eq(chatMessages.person, `user:${user}`));
				await tx.delete(users).where(eq(users.id, user));
				return ok(undefined);
			});
			if (!removed.ok) return removed;
			await rights.changed({ sessionsOf: user });
			if (actor)
				await audit.record({ actor, action: 'account.deleted', scope: 'platform', address });
			return removed;
		}
	};
}

function soleOwner(events: readonly string[]): SoleOwner {
	const message = `Make somebody else an owner of ${events.join(', ')} first.`;
	return { ok: false, error: { code: 'last_owner', message, events } };
}

/** SQLSTATE 23505: another account took the address between the question and the change. */
function takenMeanwhile(error: unknown): 'taken' {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	if (cause instanceof Error && 'code' in cause && cause.code === '23505') return 'taken';
	throw error;
}
