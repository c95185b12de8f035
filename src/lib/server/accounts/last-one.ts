import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { UserId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { events, memberships, users } from '../db/schema.ts';

/**
 * Whatever would take an account's standing away asks here first, one at a time among all portals: two super
 * admins who remove each other at once would leave none.
 */

/** Any fixed number: whoever changes who stands at the top holds it. */
const STANDING_LOCK = 8_697_067;

export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

/** Runs `change` while nobody else changes who is an active super admin, or deletes an account. */
export function oneAtATime<T>(db: Db, change: (tx: Tx) => Promise<T>): Promise<T> {
	return db.transaction(async (tx) => {
		await tx.execute(sql`select pg_advisory_xact_lock(${STANDING_LOCK})`);
		return change(tx);
	});
}

/** Whether nobody else could manage the installation by an account of theirs. */
export async function isLastAdmin(tx: Tx, user: UserId): Promise<boolean> {
	const admins = await tx
		.select({ id: users.id })
		.from(users)
		.where(and(eq(users.isAdmin, true), eq(users.isActive, true)));
	return admins.length === 1 && admins[0]?.id === user;
}

/** Names of the events that would have no owner who can sign in. */
export async function soleOwnerOf(tx: Tx, user: UserId): Promise<readonly string[]> {
	const others = tx
		.select({ event: memberships.eventId })
		.from(memberships)
		.innerJoin(users, eq(users.id, memberships.userId))
		.where(
			and(
				eq(memberships.role, 'owner'),
				isNull(memberships.roomId),
				ne(memberships.userId, user),
				eq(users.isActive, true)
			)
		);
	const rows = await tx
		.select({ name: events.displayName })
		.from(memberships)
		.innerJoin(events, eq(events.id, memberships.eventId))
		.where(
			and(
				eq(memberships.userId, user),
				eq(memberships.role, 'owner'),
				isNull(memberships.roomId),
				isNull(events.deletedAt),
				sql`${memberships.eventId} not in ${others}`
			)
		)
		.orderBy(events.displayName);
	return rows.map(({ name }) => name);
}
