import { inArray, or, sql } from 'drizzle-orm';
import type { BoothState } from '#lib/domain/booth/state.ts';
import { boothId, type BoothId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { booths } from '../db/schema.ts';

/**
 * The states of the booths that say they are on air, and of those given: the ones whose sound can
 * contradict them. One query, whatever the number of booths.
 */
export async function soundingStates(
	db: Db,
	withSound: readonly BoothId[]
): Promise<ReadonlyMap<BoothId, BoothState>> {
	const saysOnAir = sql`${booths.state} -> 'phase' ->> 'kind' in ('live', 'handing-over')`;
	const rows = await db
		.select({ id: booths.id, state: booths.state })
		.from(booths)
		.where(withSound.length === 0 ? saysOnAir : or(saysOnAir, inArray(booths.id, [...withSound])));
	return new Map(rows.map((row) => [boothId(row.id), row.state]));
}
