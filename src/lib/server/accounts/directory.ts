import { eq } from 'drizzle-orm';
import type { AuditAction } from '#lib/domain/access/audit-actions.ts';
import { normaliseEmail } from '#lib/domain/access/account.ts';
import type { Actor } from '#lib/domain/access/policy.ts';
import type { UserId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Audit } from '../audit/audit.ts';
import type { Auth } from '../auth/auth.ts';
import type { Db } from '../db/database.ts';
import { users } from '../db/schema.ts';
import type { Rights } from '../realtime/rights.ts';
import { isLastAdmin, oneAtATime } from './last-one.ts';
import type { Links } from './links.ts';
import type { OneTimeSecrets } from './one-time-secrets.ts';
import type { Postbox } from './postbox.ts';
import { createUserList, type UserList, type UserRow } from './user-list.ts';

/** Who does it, and from where; for the audit log. */
export type By = { readonly actor: Actor; readonly address: string };

export type NewUser = {
	readonly email: string;
	readonly name: string;
	readonly isAdmin: boolean;
	readonly mayCreateEvents: boolean;
};

/** All accounts, for those who may `platform:manage`; the routes ask for that. */
export type Directory = UserList & {
	/** `link` is for the one who made it to pass on, where no mail was sent. */
	create(
		input: NewUser,
		invite: 'mail' | 'link',
		locale: string,
		by: By
	): Promise<Result<{ readonly user: UserId; readonly link: string | null }, 'email_taken'>>;
	/** A new welcome link, when the former is over or lost. */
	invite(
		user: UserRow,
		invite: 'mail' | 'link',
		locale: string,
		by: By
	): Promise<{ readonly link: string | null }>;
	setActive(user: UserRow, active: boolean, by: By): Promise<Result<void, 'last_admin'>>;
	setAdmin(user: UserRow, admin: boolean, by: By): Promise<Result<void, 'last_admin'>>;
	setMayCreateEvents(user: UserRow, may: boolean, by: By): Promise<void>;
	endSessions(user: UserRow, by: By): Promise<void>;
	/** For somebody whose phone and recovery codes are lost. */
	secondFactorOff(user: UserRow, by: By): Promise<void>;
};

const LAST_ADMIN = refuse('last_admin', 'This is the last super admin. Make another one first.');

export function createDirectory({
	db,
	auth,
	links,
	secrets,
	secondFactor,
	postbox,
	rights,
	audit
}: {
	db: Db;
	auth: Pick<Auth, 'createAccount' | 'sessions'>;
	links: Pick<Links, 'welcome'>;
	secrets: Pick<OneTimeSecrets, 'forget'>;
	secondFactor: { off(user: UserId): Promise<void> };
	postbox: Postbox;
	rights: Pick<Rights, 'changed'>;
	audit: Pick<Audit, 'record'>;
}): Directory {
	async function record(
		user: Pick<UserRow, 'id' | 'email'>,
		action: AuditAction,
		{ actor, address }: By,
		details: Record<string, unknown> = {}
	): Promise<void> {
		const target = user.email;
		await audit.record({ actor, action, scope: 'platform', target, details, address });
	}

	async function welcome(
		user: UserId,
		{ email, name }: { email: string; name: string },
		invite: 'mail' | 'link',
		locale: string
	): Promise<string | null> {
		const link = await links.welcome(user, email);
		const sent =
			invite === 'mail' && (await postbox.send(email, { kind: 'welcome', link, name }, locale));
		// A letter that did not go out must not leave the person without a way in.
		return sent ? null : link;
	}

	return {
		...createUserList(db, auth.sessions),

		async create({ email, name, isAdmin, mayCreateEvents }, invite, locale, by) {
			const made = await auth.createAccount({ email, name, password: null, isAdmin });
			if (!made.ok) return made;
			const user = { id: made.value, email: normaliseEmail(email), name: name.trim() };
			if (mayCreateEvents)
				await db.update(users).set({ mayCreateEvents }).where(eq(users.id, made.value));
			await record(user, 'account.created', by, { isAdmin, mayCreateEvents });
			return ok({ user: user.id, link: await welcome(user.id, user, invite, locale) });
		},

		async invite(user, invite, locale, by) {
			const link = await welcome(user.id, user, invite, locale);
			await record(user, 'invite.sent', by, { by: link === null ? 'mail' : 'link' });
			return { link };
		},

		async setActive(user, active, by) {
			const done = await oneAtATime(db, async (tx) => {
				if (!active && (await isLastAdmin(tx, user.id))) return LAST_ADMIN;
				await tx.update(users).set({ isActive: active }).where(eq(users.id, user.id));
				return ok(undefined);
			});
			if (!done.ok) return done;
			if (!active) {
				await secrets.forget(user.id);
				await auth.sessions.endAll(user.id);
				await rights.changed({ sessionsOf: user.id });
			}
			await record(user, active ? 'account.reactivated' : 'account.deactivated', by);
			return done;
		},

		async setAdmin(user, admin, by) {
			const done = await oneAtATime(db, async (tx) => {
				if (!admin && (await isLastAdmin(tx, user.id))) return LAST_ADMIN;
				await tx.update(users).set({ isAdmin: admin }).where(eq(users.id, user.id));
				return ok(undefined);
			});
			if (!done.ok) return done;
			if (!admin) await rights.changed({ user: user.id });
			await record(user, admin ? 'account.admin_given' : 'account.admin_taken', by);
			return done;
		},

		async setMayCreateEvents(user, may, by) {
			await db.update(users).set({ mayCreateEvents: may }).where(eq(users.id, user.id));
			await record(user, 'account.organiser_changed', by, { mayCreateEvents: may });
		},

		async endSessions(user, by) {
			await auth.sessions.endAll(user.id);
			await secrets.forget(user.id, ['magic', 'second-factor']);
			await rights.changed({ sessionsOf: user.id });
			await record(user, 'account.sessions_ended', by);
		},

		async secondFactorOff(user, by) {
			await secondFactor.off(user.id);
			postbox.post(user.email, { kind: 'second-factor-off' }, null);
			await record(user, 'account.second_factor_off', by);
		}
	};
}
