import { sql } from 'drizzle-orm';
import { ANONYMOUS } from '#lib/domain/access/policy.ts';
import { eventId } from '#lib/domain/ids.ts';
import type { Audit } from '../audit/audit.ts';
import { rowsOf, type Db } from '../db/database.ts';
import type { Log } from '../log.ts';
import { repeating } from '../repeating.ts';
import { deletion, KEPT_KINDS, type KeptKind } from './expired.ts';

/** Rows deleted in one transaction: short enough that nobody waits behind it. */
const BATCH = 500;
/** What is left after so many waits for the next night. */
const BATCHES_MAX = 2_000;
/** A portal that is only on by day cleans up too. */
const FIRST_MS = 5 * 60_000;
const NIGHT_HOUR_UTC = 3;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Any fixed number: the portal that cleans up holds it. */
const CLEANING_LOCK = 8_697_068;

export type Retention = {
	/**
	 * Deletes what may not be kept any longer, one portal at a time.
	 *
	 * @returns how many rows of each kind; empty when there was nothing, or another portal is at it
	 */
	clean(): Promise<Partial<Record<KeptKind, number>>>;
	/** Cleans up soon and then every night. */
	start(): void;
	stop(): Promise<void>;
};

export function createRetention({
	db,
	audit,
	log,
	now = Date.now
}: {
	db: Db;
	audit: Pick<Audit, 'record'>;
	log: Log;
	now?: () => number;
}): Retention {
	let stopped = false;

	/** Events of the rows that were deleted; null: another portal is cleaning up just now. */
	function deleteBatch(kind: KeptKind): Promise<(number | null)[] | null> {
		return db.transaction(async (tx) => {
			const [lock] = rowsOf<{ mine: boolean }>(
				await tx.execute(sql`select pg_try_advisory_xact_lock(${CLEANING_LOCK}) as mine`)
			);
			if (lock?.mine !== true) return null;
			const gone = await tx.execute(deletion(kind, new Date(now()), BATCH));
			return rowsOf<{ event: number | null }>(gone).map(({ event }) => event);
		});
	}

	async function clean(): Promise<Partial<Record<KeptKind, number>>> {
		const total: Partial<Record<KeptKind, number>> = {};
		const ofEvent = new Map<number | null, Partial<Record<KeptKind, number>>>();
		let batches = 0;
		for (const kind of KEPT_KINDS)
			for (; batches < BATCHES_MAX && !stopped;) {
				batches++;
				const gone = await deleteBatch(kind);
				for (const event of gone ?? []) {
					const counts = ofEvent.get(event) ?? {};
					counts[kind] = (counts[kind] ?? 0) + 1;
					ofEvent.set(event, counts);
					total[kind] = (total[kind] ?? 0) + 1;
				}
				if (gone === null || gone.length < BATCH) break;
			}
		if (Object.keys(total).length > 0)
			log.info({ deleted: total }, 'cleaned up what was kept long enough');
		for (const [event, deleted] of ofEvent)
			await audit.record({
				actor: ANONYMOUS,
				action: 'retention.cleaned',
				scope: event === null ? 'platform' : { event: eventId(event) },
				details: { deleted },
				address: null
			});
		return total;
	}

	const loop = repeating(clean, {
		firstMs: FIRST_MS,
		everyMs: () => untilNight(now()),
		failed: (error) => log.error({ err: error }, 'not cleaned up; trying again tomorrow')
	});

	return {
		clean,
		start: loop.start,
		async stop() {
			stopped = true;
			await loop.stop();
		}
	};
}

/** Ms to the next quiet hour. */
export function untilNight(now: number): number {
	const today = Math.floor(now / DAY_MS) * DAY_MS + NIGHT_HOUR_UTC * HOUR_MS;
	return today > now ? today - now : today + DAY_MS - now;
}
