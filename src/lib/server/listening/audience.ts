import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import { boothId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import type { Audience as AudienceNow } from '#lib/protocol/feedback.ts';
import type { Db } from '../db/database.ts';
import { audienceMinutes, booths } from '../db/schema.ts';
import type { Events } from '../events/events.ts';
import type { Log } from '../log.ts';
import { NO_FLAGS, type Feedback } from './feedback.ts';

const MINUTE_MS = 60_000;
/** A count between two looks is not seen; more often says nothing more. */
const LOOK_EVERY_MS = 10_000;

export type AudienceMinute = {
	readonly booth: BoothId;
	readonly at: Date;
	/** The most at one moment of that minute. */
	readonly listeners: number;
};

/** How many listen, channel by channel; counted by the media server, so nobody is followed. */
export type Audience = {
	now(event: EventId): Promise<AudienceNow>;
	/** Minute by minute, oldest first; minutes in which nobody listened are left out. */
	history(event: EventId, from: Date, to: Date): Promise<AudienceMinute[]>;
	/** Counts now; the minute is written when the next one begins. */
	look(): Promise<void>;
	/** Begins to count every few seconds. */
	start(): void;
	/** Writes what it has and ends. */
	stop(): Promise<void>;
};

export function createAudience({
	db,
	events,
	ingest,
	feedback,
	log,
	now = Date.now
}: {
	db: Db;
	events: Pick<Events, 'allBooths' | 'booths'>;
	ingest: { ingest(booth: BoothId): { readonly listeners: number | null } };
	feedback: Pick<Feedback, 'lately'>;
	log: Log;
	now?: () => number;
}): Audience {
	let minute = 0;
	let most = new Map<BoothId, number>();
	let timer: NodeJS.Timeout | undefined;
	let looking: Promise<void> = Promise.resolve();

	async function look(): Promise<void> {
		const at = Math.floor(now() / MINUTE_MS) * MINUTE_MS;
		if (at !== minute) await write();
		minute = at;
		for (const { booth } of await events.allBooths()) {
			const { listeners } = ingest.ingest(booth.id);
			if (listeners) most.set(booth.id, Math.max(most.get(booth.id) ?? 0, listeners));
		}
	}

	/** Several portals count the same listeners: the highest count stands. */
	async function write(): Promise<void> {
		const counted = most;
		most = new Map();
		if (counted.size === 0) return;
		await db
			.insert(audienceMinutes)
			.values(
				[...counted].map(([booth, listeners]) => ({
					boothId: booth,
					minute: new Date(minute),
					listeners
				}))
			)
			.onConflictDoUpdate({
				target: [audienceMinutes.boothId, audienceMinutes.minute],
				set: {
					listeners: sql`greatest(${audienceMinutes.listeners}, excluded.listeners)`
				}
			});
	}

	const failed = (error: unknown) => log.error({ err: error }, 'audience not counted');

	return {
		async now(event) {
			const [found, flags] = await Promise.all([events.booths(event), feedback.lately(event)]);
			return {
				channels: found.map(({ room, booth }) => ({
					booth: booth.id,
					room: room.main ? null : room.slug,
					language: booth.language,
					listeners: ingest.ingest(booth.id).listeners,
					flags: flags.get(booth.id) ?? NO_FLAGS
				})),
				serverNow: now()
			};
		},

		async history(event, from, to) {
			const rows = await db
				.select({
					booth: audienceMinutes.boothId,
					at: audienceMinutes.minute,
					listeners: audienceMinutes.listeners
				})
				.from(audienceMinutes)
				.innerJoin(booths, eq(booths.id, audienceMinutes.boothId))
				.where(
					and(
						eq(booths.eventId, event),
						gte(audienceMinutes.minute, from),
						lt(audienceMinutes.minute, to)
					)
				)
				.orderBy(asc(audienceMinutes.minute));
			return rows.map((row) => ({ ...row, booth: boothId(row.booth) }));
		},

		look,

		start() {
			timer = setInterval(() => (looking = look().catch(failed)), LOOK_EVERY_MS);
		},

		async stop() {
			clearInterval(timer);
			await looking;
			await write().catch(failed);
		}
	};
}
