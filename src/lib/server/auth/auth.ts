import { parseCookie } from 'cookie';
import { and, desc, eq, gt, isNull, or } from 'drizzle-orm';
import { normaliseEmail } from '#lib/domain/access/account.ts';
import { ANONYMOUS, type Actor, type Grant } from '#lib/domain/access/policy.ts';
import { personId, userId, type EventId, type PersonId, type UserId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Db } from '../db/database.ts';
import { events, users } from '../db/schema.ts';
import { grantsOf } from './grants.ts';
import { createInvites, type Invites } from './invites.ts';
import { createAccountSessions, type AccountSessions } from './lucia.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { normaliseJoinCode } from './secrets.ts';
import { createSignedCookies, sameText } from './signed-cookies.ts';

export const COOKIES = {
	account: 'user_token',
	admin: 'admin_token',
	guest: 'session_token',
	listener: (event: EventId) => `listener_token_${event}`
} as const;

const EVERYWHERE: Grant = { role: 'super-admin', at: 'platform' };
const LISTENER_PREFIX = 'listener_token_';

export type Auth = {
	/** Who sends these cookies; the same for pages, REST and sockets. */
	actorFrom(cookieHeader: string | null): Promise<Actor>;
	/**
	 * The person as the database knows them now, without a cookie: an account that is active, a guest whose
	 * invitation stands, else nobody. Null for people it does not know: listeners, the shared admin password.
	 */
	actorOf(person: PersonId): Promise<Actor | null>;
	/**
	 * Whose e-mail and password these are; opens nothing yet, since a second factor may be asked for. Active
	 * accounts alone; the same work and answer for an unknown address.
	 */
	passwordOwner(email: string, password: string): Promise<Result<UserId, 'credentials_wrong'>>;
	/** Ends the session of this browser; whose it was. */
	signOut(cookieHeader: string | null): Promise<UserId | null>;
	/** The shared admin password; answers the value of the `admin_token` cookie. */
	adminLogin(password: string): Promise<Result<string, 'admin_login_off' | 'credentials_wrong'>>;
	readonly adminLoginEnabled: boolean;
	/** A join code as typed; answers the event's listener cookie. */
	listenerLogin(event: EventId, joinCode: string): Promise<Result<string, 'join_code_wrong'>>;
	/** The event a join code opens, for a page that asks for the code alone; the answer is its slug. */
	eventOfJoinCode(joinCode: string): Promise<Result<string, 'join_code_wrong'>>;
	createAccount(input: {
		email: string;
		name: string;
		password: string | null;
		isAdmin?: boolean;
	}): Promise<Result<UserId, 'email_taken'>>;
	readonly invites: Invites;
	readonly sessions: AccountSessions;
};

export type AuthSettings = { readonly secret: string; readonly adminPassword: string | null };

export function createAuth(db: Db, settings: AuthSettings, now: () => number = Date.now): Auth {
	const sessions = createAccountSessions(db);
	const invites = createInvites(db, now);
	const signed = createSignedCookies(settings.secret, settings.adminPassword);

	const listenerGrants = async (cookies: Record<string, string | undefined>): Promise<Grant[]> => {
		const grants: Grant[] = [];
		for (const [name, value] of Object.entries(cookies)) {
			if (!name.startsWith(LISTENER_PREFIX) || !value) continue;
			const claim = await signed.readListener(value);
			if (!claim || name !== COOKIES.listener(claim.event)) continue;
			const door = await codeDoor(db, claim.event, now());
			if (door?.epoch === claim.epoch)
				grants.push({ role: 'listener', at: { event: claim.event } });
		}
		return grants;
	};

	return {
		invites,
		sessions,
		adminLoginEnabled: settings.adminPassword !== null,

		async actorFrom(header) {
			const cookies = parseCookie(header ?? '');
			const [account, guest, admin, listening] = await Promise.all([
				maybe(cookies[COOKIES.account], sessions.read),
				maybe(cookies[COOKIES.guest], invites.guest),
				maybe(cookies[COOKIES.admin], signed.isAdmin),
				listenerGrants(cookies)
			]);
			// One browser may hold several cookies: rights add up, the name is the most personal one.
			const grants: Grant[] = [
				...(account ? [...(await grantsOf(db, account.user)), ...platformGrants(account)] : []),
				...(admin ? [EVERYWHERE] : []),
				...(guest ? [guest.grant] : []),
				...listening
			];
			if (account)
				return {
					kind: 'user',
					person: personId(`user:${account.user}`),
					user: account.user,
					name: account.name,
					grants
				};
			if (guest)
				return { kind: 'guest', person: guest.person, user: null, name: guest.name, grants };
			if (admin)
				return { kind: 'admin', person: personId('admin'), user: null, name: 'Admin', grants };
			if (listening.length > 0)
				return { kind: 'listener', person: personId('listener'), user: null, name: '', grants };
			return ANONYMOUS;
		},

		async actorOf(person) {
			const [kind, id = ''] = person.split(/:(.*)/);
			if (kind === 'guest') {
				const guest = await invites.guestById(person);
				return guest
					? { kind: 'guest', person, user: null, name: guest.name, grants: [guest.grant] }
					: ANONYMOUS;
			}
			if (kind !== 'user') return null;
			const [row] = await db.select().from(users).where(eq(users.id, id));
			if (!row?.isActive) return ANONYMOUS;
			const user = userId(row.id);
			return {
				kind: 'user',
				person,
				user,
				name: row.displayName,
				grants: [...(await grantsOf(db, user)), ...platformGrants(row)]
			};
		},

		async passwordOwner(email, password) {
			const [row] = await db
				.select()
				.from(users)
				.where(eq(users.email, normaliseEmail(email)));
			const matches = await verifyPassword(row?.passwordHash ?? null, password);
			if (!row?.isActive || !matches)
				return refuse(
					'credentials_wrong',
					'This e-mail address and password do not belong together.'
				);
			return ok(userId(row.id));
		},

		async signOut(header) {
			const cookie = parseCookie(header ?? '')[COOKIES.account];
			const signedIn = cookie ? await sessions.read(cookie) : null;
			if (cookie) await sessions.end(cookie);
			return signedIn?.user ?? null;
		},

		async adminLogin(password) {
			if (settings.adminPassword === null)
				return refuse('admin_login_off', 'This login is off: ADMIN_PASSWORD is empty.');
			if (!sameText(password, settings.adminPassword))
				return refuse('credentials_wrong', 'This is not the admin password.');
			return ok(await signed.admin());
		},

		async listenerLogin(event, typed) {
			const door = await codeDoor(db, event, now());
			const given = normaliseJoinCode(typed);
			if (!door?.codes.some((code) => sameText(given, code)))
				return refuse(
					'join_code_wrong',
					'No event has this code. Look at it again, or scan the QR code.'
				);
			return ok(await signed.listener(event, door.epoch));
		},

		async eventOfJoinCode(typed) {
			const [row] = await db
				.select({ slug: events.slug })
				.from(events)
				.where(
					and(
						or(
							eq(events.listenerJoinCode, normaliseJoinCode(typed)),
							and(
								eq(events.formerJoinCode, normaliseJoinCode(typed)),
								gt(events.formerJoinCodeUntil, new Date(now()))
							)
						),
						eq(events.listenerAccess, 'code'),
						isNull(events.deletedAt)
					)
				)
				.orderBy(desc(events.id))
				.limit(1);
			return row ? ok(row.slug) : refuse('join_code_wrong', 'No event has this code.');
		},

		async createAccount({ email, name, password, isAdmin = false }) {
			const id = crypto.randomUUID();
			const inserted = await db
				.insert(users)
				.values({
					id,
					email: normaliseEmail(email),
					displayName: name.trim(),
					passwordHash: password === null ? null : await hashPassword(password),
					isAdmin
				})
				.onConflictDoNothing()
				.returning({ id: users.id });
			if (inserted.length === 0)
				return refuse('email_taken', 'There is an account with this address.');
			return ok(userId(id));
		}
	};
}

/** What an account itself holds, besides its memberships. */
function platformGrants(account: { isAdmin: boolean; mayCreateEvents: boolean }): Grant[] {
	return [
		...(account.isAdmin ? [EVERYWHERE] : []),
		...(account.mayCreateEvents ? [{ role: 'organiser', at: 'platform' } as const] : [])
	];
}

/** The codes that open an event now, and its epoch; null when it is not opened by a code. */
async function codeDoor(
	db: Db,
	event: EventId,
	at: number
): Promise<{ codes: string[]; epoch: number } | null> {
	const [row] = await db
		.select({
			access: events.listenerAccess,
			code: events.listenerJoinCode,
			former: events.formerJoinCode,
			formerUntil: events.formerJoinCodeUntil,
			epoch: events.listenerEpoch
		})
		.from(events)
		.where(eq(events.id, event));
	if (row?.access !== 'code') return null;
	const isFormerOpen = row.formerUntil !== null && row.formerUntil.getTime() > at;
	const codes = [row.code, isFormerOpen ? row.former : null].filter((code) => code !== null);
	return { codes, epoch: row.epoch };
}

async function maybe<T>(
	cookie: string | undefined,
	read: (cookie: string) => Promise<T>
): Promise<T | null> {
	return cookie ? read(cookie) : null;
}
