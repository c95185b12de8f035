import { DrizzlePostgreSQLAdapter } from '@lucia-auth/adapter-drizzle';
import { Lucia, TimeSpan } from 'lucia';
import { and, desc, eq, gt, like, ne } from 'drizzle-orm';
import { userId, type UserId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { sessions, users } from '../db/schema.ts';
import { hashSecret, newSecret } from './secrets.ts';

/** The only file that knows Lucia: its author has retired it, so it must be easy to replace. */

declare module 'lucia' {
	interface Register {
		Lucia: ReturnType<typeof createLucia>;
		DatabaseUserAttributes: {
			displayName: string;
			isAdmin: boolean;
			isActive: boolean;
			mayCreateEvents: boolean;
		};
		DatabaseSessionAttributes: { device?: string; address?: string; seenAt?: Date };
	}
}

/** When a session was last used is kept this exactly: a write for every page would be work for nothing. */
const SEEN_EVERY_MS = 5 * 60_000;
/** Of the stored hash, in hexadecimal digits. */
const HANDLE_LENGTH = 16;

function createLucia(db: Db) {
	return new Lucia(new DrizzlePostgreSQLAdapter(db, sessions, users), {
		sessionExpiresIn: new TimeSpan(14, 'd'),
		getUserAttributes: ({ displayName, isAdmin, isActive, mayCreateEvents }) => ({
			...{ displayName, isAdmin, isActive, mayCreateEvents }
		}),
		getSessionAttributes: ({ seenAt }) => ({ seenAt })
	});
}

export type SignedIn = {
	readonly user: UserId;
	readonly name: string;
	readonly isAdmin: boolean;
	readonly mayCreateEvents: boolean;
};

/** From where somebody signs in, so that they recognise the session later. */
export type Visit = {
	/** The browser's `User-Agent`. */
	readonly device: string;
	readonly address: string;
};

export type OpenSession = {
	/** Names the session in a form; opens nothing. */
	readonly handle: string;
	readonly isThisOne: boolean;
	readonly device: string;
	readonly address: string;
	readonly startedAt: Date;
	readonly seenAt: Date;
};

export type AccountSessions = {
	/** A new session; the answer is the cookie's value and is stored nowhere. */
	start(user: UserId, visit: Visit): Promise<string>;
	/** Who holds this cookie now; re-read on every request, so that a deactivation counts at once. */
	read(cookie: string): Promise<SignedIn | null>;
	end(cookie: string): Promise<void>;
	endAll(user: UserId): Promise<void>;
	/** All but the one of this cookie. */
	endOthers(user: UserId, cookie: string | null): Promise<void>;
	/** One of the account's own; false when there is none (any more). */
	endOne(user: UserId, handle: string): Promise<boolean>;
	/** Open ones, last used first. @param cookie of the one that asks */
	list(user: UserId, cookie: string | null): Promise<readonly OpenSession[]>;
};

export function createAccountSessions(db: Db): AccountSessions {
	const lucia = createLucia(db);
	return {
		async start(user, { device, address }) {
			const secret = newSecret();
			// Lucia takes the id it stores for the cookie's value; handing it the hash keeps the secret out of the database.
			const seen = { device: device.slice(0, 300), address: address.slice(0, 64) };
			await lucia.createSession(user, seen, { sessionId: hashSecret(secret) });
			return secret;
		},
		async read(cookie) {
			const { user, session } = await lucia.validateSession(hashSecret(cookie));
			if (!user?.isActive) return null;
			if (Date.now() - (session.seenAt?.getTime() ?? 0) > SEEN_EVERY_MS)
				await db.update(sessions).set({ seenAt: new Date() }).where(eq(sessions.id, session.id));
			const { displayName: name, isAdmin, mayCreateEvents } = user;
			return { user: userId(user.id), name, isAdmin, mayCreateEvents };
		},
		end: (cookie) => lucia.invalidateSession(hashSecret(cookie)),
		endAll: (user) => lucia.invalidateUserSessions(user),
		async endOthers(user, cookie) {
			const own = cookie === null ? '' : hashSecret(cookie);
			await db.delete(sessions).where(and(eq(sessions.userId, user), ne(sessions.id, own)));
		},
		async endOne(user, handle) {
			if (!/^[0-9a-f]+$/.test(handle) || handle.length !== HANDLE_LENGTH) return false;
			const ended = await db
				.delete(sessions)
				.where(and(eq(sessions.userId, user), like(sessions.id, `${handle}%`)))
				.returning({ id: sessions.id });
			return ended.length > 0;
		},
		async list(user, cookie) {
			const own = cookie === null ? null : hashSecret(cookie);
			const rows = await db
				.select()
				.from(sessions)
				.where(and(eq(sessions.userId, user), gt(sessions.expiresAt, new Date())))
				.orderBy(desc(sessions.seenAt));
			return rows.map(({ id, device, address, createdAt, seenAt }) => ({
				handle: id.slice(0, HANDLE_LENGTH),
				isThisOne: id === own,
				...{ device, address, startedAt: createdAt, seenAt }
			}));
		}
	};
}
