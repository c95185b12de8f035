import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { BoothState } from '#lib/domain/booth/state.ts';
import { boothId, eventId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { booths, events, rooms } from '../db/schema.ts';

/** A booth's state as it is stored, with what the audience is told of it besides. */
export type StoredState = {
	readonly state: BoothState;
	readonly version: number;
	readonly event: EventId;
	readonly captions: boolean;
};

/** Of all booths of these events that are not deleted, in one question. */
export async function statesOf(
	db: Db,
	wanted: readonly EventId[]
): Promise<ReadonlyMap<BoothId, StoredState>> {
	const rows = await db
		.select({
			id: booths.id,
			state: booths.state,
			version: booths.stateVersion,
			event: booths.eventId,
			captions: sql<boolean>`${booths.transcriptionEnabled} and ${booths.captionsConsent}`
		})
		.from(booths)
		.innerJoin(rooms, eq(rooms.id, booths.roomId))
		.innerJoin(events, eq(events.id, booths.eventId))
		.where(
			and(
				inArray(booths.eventId, [...wanted]),
				isNull(booths.deletedAt),
				isNull(rooms.deletedAt),
				isNull(events.deletedAt)
			)
		);
	return new Map(rows.map((row) => [boothId(row.id), { ...row, event: eventId(row.event) }]));
}
