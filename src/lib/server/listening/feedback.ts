import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import { judgeSound, type SoundVerdict } from '#lib/domain/listening/sound-fault.ts';
import { boothId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { IngestStatus } from '#lib/protocol/booth.ts';
import type { FeedbackInput, FeedbackTaken } from '#lib/protocol/feedback.ts';
import type { Db } from '../db/database.ts';
import { booths, feedback } from '../db/schema.ts';

/** Complaints of this long count as "now". */
export const LATELY_MS = 10 * 60_000;
/** What a phone kept while it was offline is taken for so long. */
const OLDEST_MS = 7 * 24 * 3_600_000;

export type Flags = Record<SoundVerdict, number>;
export const NO_FLAGS: Flags = { channel: 0, network: 0, unclear: 0 };

/** What listeners tell about the sound, judged and stored. */
export type Feedback = {
	/** Stores it, once however often it is sent; refused for a booth of another event. */
	take(event: EventId, input: FeedbackInput): Promise<Result<FeedbackTaken, 'not_found'>>;
	/** "Bad sound" of the last ten minutes by channel; channels without any are left out. */
	lately(event: EventId): Promise<ReadonlyMap<BoothId, Flags>>;
	/** Somebody flagged a channel just now. */
	onFlag(listener: (flag: { booth: BoothId; verdict: SoundVerdict }) => void): () => void;
};

export function createFeedback({
	db,
	ingest,
	now = Date.now
}: {
	db: Db;
	ingest: { ingest(booth: BoothId): { readonly status: IngestStatus } };
	now?: () => number;
}): Feedback {
	const listeners = new Set<(flag: { booth: BoothId; verdict: SoundVerdict }) => void>();

	return {
		async take(event, input) {
			const [found] = await db
				.select({ id: booths.id })
				.from(booths)
				.where(and(eq(booths.id, input.booth), eq(booths.eventId, event)));
			if (!found) return refuse('not_found', 'There is no such channel in this event.');
			const booth = boothId(found.id);
			const { happenedAt, isNow } = whenHappened(input.happenedAt, now());
			// What the uplink is now says nothing about a complaint of yesterday.
			const uplinkIsBad = isNow && ingest.ingest(booth).status === 'overloaded';
			const verdict = input.kind === 'bad-sound' ? judgeSound(input.figures, uplinkIsBad) : null;
			const stored = await db
				.insert(feedback)
				.values({
					id: input.id,
					boothId: booth,
					kind: input.kind,
					verdict,
					rating: input.kind === 'rating' ? input.rating : null,
					figures: input.kind === 'bad-sound' && input.figures ? plain(input.figures) : null,
					happenedAt
				})
				.onConflictDoNothing()
				.returning({ id: feedback.id });
			if (stored.length > 0 && verdict !== null && isNow)
				for (const listener of listeners) listener({ booth, verdict });
			return ok({ verdict });
		},

		async lately(event) {
			const rows = await db
				.select({
					booth: feedback.boothId,
					verdict: feedback.verdict,
					count: sql<number>`count(*)::int`
				})
				.from(feedback)
				.where(
					and(
						eq(feedback.kind, 'bad-sound'),
						gt(feedback.happenedAt, new Date(now() - LATELY_MS)),
						inArray(
							feedback.boothId,
							db.select({ id: booths.id }).from(booths).where(eq(booths.eventId, event))
						)
					)
				)
				.groupBy(feedback.boothId, feedback.verdict);
			const flags = new Map<BoothId, Flags>();
			for (const { booth, verdict, count } of rows) {
				const id = boothId(booth);
				flags.set(id, { ...(flags.get(id) ?? NO_FLAGS), [verdict ?? 'unclear']: count });
			}
			return flags;
		},

		onFlag(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		}
	};
}

/** A phone's clock is not believed further than a late sending explains. */
function whenHappened(said: number, now: number): { happenedAt: Date; isNow: boolean } {
	const at = Math.min(now, Math.max(now - OLDEST_MS, said));
	return { happenedAt: new Date(at), isNow: now - at < LATELY_MS };
}

function plain(figures: object): Record<string, number | string | null> {
	return Object.fromEntries(
		Object.entries(figures).map(([name, value]) => [
			name,
			typeof value === 'boolean' ? Number(value) : (value as number | string | null)
		])
	);
}
