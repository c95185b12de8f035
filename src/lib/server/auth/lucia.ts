import { DrizzlePostgreSQLAdapter } from '@lucia-auth/adapter-drizzle';
import { Lucia, TimeSpan } from 'lucia';
import { userId, type UserId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { sessions, users } from '../db/schema.ts';
import { hashSecret, newSecret } from './secrets.ts';

/** The only file that knows Lucia: its author has retired it, so it must be easy to replace. */

declare module 'lucia' {
	interface Register {
		Lucia: ReturnType<typeof createLucia>;
		DatabaseUserAttributes: { displayName: string; isAdmin: boolean; isActive: boolean };
	}
}

function createLucia(db: Db) {
	return new Lucia(new DrizzlePostgreSQLAdapter(db, sessions, users), {
		sessionExpiresIn: new TimeSpan(14, 'd'),
		getUserAttributes: ({ displayName, isAdmin, isActive }) => ({ displayName, isAdmin, isActive })
	});
}

export type SignedIn = { readonly user: UserId; readonly name: string; readonly isAdmin: boolean };

export type AccountSessions = {
	/** A new session; the answer is the cookie's value and is stored nowhere. */
	start(user: UserId): Promise<string>;
	/** Who holds this cookie now; re-read on every request, so that a deactivation counts at once. */
	read(cookie: string): Promise<SignedIn | null>;
	end(cookie: string): Promise<void>;
	endAll(user: UserId): Promise<void>;
};

export function createAccountSessions(db: Db): AccountSessions {
	const lucia = createLucia(db);
	return {
		async start(user) {
			const secret = newSecret();
			// Lucia takes the id it stores for the cookie's value; handing it the hash keeps the secret out of the database.
			await lucia.createSession(user, {}, { sessionId: hashSecret(secret) });
			return secret;
		},
		async read(cookie) {
			const { user } = await lucia.validateSession(hashSecret(cookie));
			if (!user?.isActive) return null;
			return { user: userId(user.id), name: user.displayName, isAdmin: user.isAdmin };
		},
		end: (cookie) => lucia.invalidateSession(hashSecret(cookie)),
		endAll: (user) => lucia.invalidateUserSessions(user)
	};
}
