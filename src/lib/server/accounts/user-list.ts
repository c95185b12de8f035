import { and, asc, count, desc, eq, ilike, isNull, max, or, sql, type SQL } from 'drizzle-orm';
import { userId, type UserId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { AccountSessions, OpenSession } from '../auth/lucia.ts';
import type { Db } from '../db/database.ts';
import { booths, events, memberships, rooms, sessions, users } from '../db/schema.ts';

export const USER_SORTS = ['name', 'email', 'created', 'seen', 'memberships'] as const;
export type UserSort = (typeof USER_SORTS)[number];
export const USERS_PER_PAGE = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type UserFilter = {
	/** Part of a name or an address. */
	readonly search: string;
	readonly only: 'all' | 'admins' | 'off';
	readonly sort: UserSort;
	readonly descending: boolean;
	/** From 1. */
	readonly page: number;
};

export type UserRow = {
	readonly id: UserId;
	readonly name: string;
	readonly email: string;
	readonly isAdmin: boolean;
	readonly isActive: boolean;
	readonly mayCreateEvents: boolean;
	readonly isEmailVerified: boolean;
	readonly hasPassword: boolean;
	readonly hasSecondFactor: boolean;
	readonly createdAt: Date;
	/** When an open session was last used; null without one. */
	readonly seenAt: Date | null;
	readonly memberships: number;
};

export type MembershipRow = {
	readonly role: string;
	readonly event: { readonly slug: string; readonly name: string };
	readonly room: string | null;
	readonly language: string | null;
};

/** Accounts as super admins read them. */
export type UserList = {
	/** One page, in two queries however many rows there are. */
	list(filter: UserFilter): Promise<{ readonly rows: readonly UserRow[]; readonly total: number }>;
	user(id: string): Promise<Result<UserRow, 'not_found'>>;
	sessions(user: UserId): Promise<readonly OpenSession[]>;
	memberships(user: UserId): Promise<readonly MembershipRow[]>;
};

export function createUserList(db: Db, openSessions: Pick<AccountSessions, 'list'>): UserList {
	const seen = db
		.select({ userId: sessions.userId, at: max(sessions.seenAt).as('at') })
		.from(sessions)
		.groupBy(sessions.userId)
		.as('seen');
	const roles = db
		.select({ userId: memberships.userId, held: count().as('held') })
		.from(memberships)
		.groupBy(memberships.userId)
		.as('roles');
	const held = sql<number>`coalesce(${roles.held}, 0)`;

	const rowsWhere = (condition: SQL | undefined) =>
		db
			.select({ user: users, seenAt: seen.at, held: held.mapWith(Number) })
			.from(users)
			.leftJoin(seen, eq(seen.userId, users.id))
			.leftJoin(roles, eq(roles.userId, users.id))
			.where(condition);

	/** Only what is in here can be sorted by; what a page asks for is looked up, never pasted. */
	const ORDERS: Record<UserSort, SQL> = {
		name: sql`lower(${users.displayName})`,
		email: sql`${users.email}`,
		created: sql`${users.createdAt}`,
		seen: sql`coalesce(${seen.at}, 'epoch'::timestamptz)`,
		memberships: held
	};

	function conditionOf({ search, only }: UserFilter): SQL | undefined {
		const text = `%${search.trim().replace(/[\\%_]/g, '\\$&')}%`;
		return and(
			search.trim() === ''
				? undefined
				: or(ilike(users.displayName, text), ilike(users.email, text)),
			only === 'admins' ? eq(users.isAdmin, true) : undefined,
			only === 'off' ? eq(users.isActive, false) : undefined
		);
	}

	return {
		async list(filter) {
			const condition = conditionOf(filter);
			const order = ORDERS[filter.sort];
			const [found, [all]] = await Promise.all([
				rowsWhere(condition)
					.orderBy(filter.descending ? desc(order) : asc(order), asc(users.id))
					.limit(USERS_PER_PAGE)
					.offset((filter.page - 1) * USERS_PER_PAGE),
				db.select({ total: count() }).from(users).where(condition)
			]);
			return { rows: found.map(rowOf), total: all?.total ?? 0 };
		},

		async user(id) {
			// From an address: a database refuses some characters where it could just find nothing.
			const [found] = UUID.test(id) ? await rowsWhere(eq(users.id, id)) : [];
			return found ? ok(rowOf(found)) : refuse('not_found', 'There is no such account.');
		},

		sessions: (user) => openSessions.list(user, null),

		async memberships(user) {
			const rows = await db
				.select({
					role: memberships.role,
					slug: events.slug,
					name: events.displayName,
					room: rooms.displayName,
					language: booths.languageCode
				})
				.from(memberships)
				.innerJoin(events, eq(events.id, memberships.eventId))
				.leftJoin(rooms, eq(rooms.id, memberships.roomId))
				.leftJoin(booths, eq(booths.id, memberships.boothId))
				.where(and(eq(memberships.userId, user), isNull(events.deletedAt)))
				.orderBy(events.displayName, rooms.displayName)
				.limit(200);
			return rows.map(({ role, slug, name, room, language }) => ({
				...{ role, event: { slug, name }, room, language }
			}));
		}
	};
}

function rowOf({
	user,
	seenAt,
	held
}: {
	user: typeof users.$inferSelect;
	seenAt: Date | null;
	held: number;
}): UserRow {
	return {
		id: userId(user.id),
		name: user.displayName,
		email: user.email,
		isAdmin: user.isAdmin,
		isActive: user.isActive,
		mayCreateEvents: user.mayCreateEvents,
		isEmailVerified: user.emailVerifiedAt !== null,
		hasPassword: user.passwordHash !== null,
		hasSecondFactor: user.totpSecretEncrypted !== null,
		createdAt: user.createdAt,
		seenAt,
		memberships: held
	};
}
