import { and, isNotNull, lt } from 'drizzle-orm';
import { ANONYMOUS } from '#lib/domain/access/policy.ts';
import type { Audit } from '../audit/audit.ts';
import type { Db } from '../db/database.ts';
import { booths, events, rooms } from '../db/schema.ts';
import type { Log } from '../log.ts';
import { repeating } from '../repeating.ts';
import { UNDO_MS } from './undo.ts';

const EVERY_MS = 6 * 3600 * 1000;

/** What went for good, by kind. */
export type Cleaned = Readonly<Record<'events' | 'rooms' | 'booths', number>>;

/** Removes for good what was deleted longer ago than it can be brought back. */
export type CleanUp = {
	run(): Promise<Cleaned>;
	/** Soon after the start and every few hours. */
	start(): void;
	stop(): Promise<void>;
};

const FIRST_AFTER_MS = 60_000;

export function createCleanUp({
	db,
	audit,
	log,
	now = Date.now
}: {
	db: Db;
	audit: Pick<Audit, 'record'>;
	log: Log;
	now?: () => number;
}): CleanUp {
	async function run(): Promise<Cleaned> {
		const before = new Date(now() - UNDO_MS);
		// What stands in them goes with them (on delete cascade).
		const goneEvents = await db
			.delete(events)
			.where(and(isNotNull(events.deletedAt), lt(events.deletedAt, before)))
			.returning({ slug: events.slug });
		const goneRooms = await db
			.delete(rooms)
			.where(and(isNotNull(rooms.deletedAt), lt(rooms.deletedAt, before)))
			.returning({ id: rooms.id });
		const goneBooths = await db
			.delete(booths)
			.where(and(isNotNull(booths.deletedAt), lt(booths.deletedAt, before)))
			.returning({ id: booths.id });
		const cleaned = {
			events: goneEvents.length,
			rooms: goneRooms.length,
			booths: goneBooths.length
		};
		if (goneEvents.length + goneRooms.length + goneBooths.length === 0) return cleaned;
		const slugs = goneEvents.map(({ slug }) => slug);
		log.info({ ...cleaned, slugs }, 'deleted for good');
		await audit.record({
			actor: ANONYMOUS,
			action: 'retention.cleaned',
			scope: 'platform',
			target: slugs.join(' '),
			details: { deletedForGood: cleaned },
			address: null
		});
		return cleaned;
	}

	const loop = repeating(run, {
		firstMs: FIRST_AFTER_MS,
		everyMs: EVERY_MS,
		failed: (error) => log.error({ err: error }, 'not cleaned up; trying again')
	});

	return {
		run,
		start: loop.start,
		stop: loop.stop
	};
}
