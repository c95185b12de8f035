import { eq } from 'drizzle-orm';
import { MEMBER_ROLES } from '#lib/domain/access/granting.ts';
import type { Grant } from '#lib/domain/access/policy.ts';
import { boothId, eventId, roomId, type UserId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { memberships } from '../db/schema.ts';

/** The grant a stored row stands for; null for a role this version does not know. */
export function grantAt(row: {
	role: string;
	eventId: number;
	roomId: number | null;
	boothId: number | null;
}): Grant | null {
	const role = MEMBER_ROLES.find((known) => known === row.role);
	if (role === undefined) return null;
	return {
		role,
		at: {
			event: eventId(row.eventId),
			...(row.roomId === null ? {} : { room: roomId(row.roomId) }),
			...(row.boothId === null ? {} : { booth: boothId(row.boothId) })
		}
	};
}

/** All an account may do, read anew each time it is asked. */
export async function grantsOf(db: Db, user: UserId): Promise<Grant[]> {
	const rows = await db.select().from(memberships).where(eq(memberships.userId, user));
	return rows.map(grantAt).filter((grant) => grant !== null);
}
