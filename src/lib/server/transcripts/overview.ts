import { asc, count, eq, inArray, max, min, sql } from 'drizzle-orm';
import { boothId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import { rowsOf, type Db } from '../db/database.ts';
import { events, scheduleSessions, segments, segmentTranslations } from '../db/schema.ts';

/** Nobody spoke for so long: what follows is another stretch of the transcript. */
const STRETCH_GAP_MINUTES = 10;
const STRETCHES_MAX = 200;
const SPANS_MAX = 200;

/** What a channel has stored; times are epoch ms. */
export type ChannelCount = {
	readonly booth: BoothId;
	readonly segments: number;
	readonly corrected: number;
	readonly firstAt: number;
	readonly lastAt: number;
	/** Languages it is translated into, and how many captions are. */
	readonly translations: readonly { readonly language: string; readonly done: number }[];
};

/** Uninterrupted speech, for finding one's way by time. */
export type Stretch = {
	readonly fromSeq: number;
	readonly startedAt: number;
	readonly endedAt: number;
	readonly segments: number;
};

/** A piece of an event to take out of it; `title` null: a day. */
export type Span = { readonly from: number; readonly until: number; readonly title: string | null };

/** How much was said, and when. Whoever calls has asked whether the person may read these booths. */
export type TranscriptOverview = {
	/** Two queries, whatever the number of channels; channels without captions are left out. */
	counts(booths: readonly BoothId[]): Promise<ChannelCount[]>;
	/** Oldest first. */
	stretches(booth: BoothId): Promise<Stretch[]>;
	/** Sessions of the programme, and days on which something was said, in the event's zone. */
	spans(event: EventId): Promise<Span[]>;
};

export function createTranscriptOverview(db: Db): TranscriptOverview {
	return {
		async counts(booths) {
			if (booths.length === 0) return [];
			const wanted = [...booths];
			const [rows, translated] = await Promise.all([
				db
					.select({
						booth: segments.boothId,
						segments: count(),
						corrected: sql<number>`count(*) filter (where ${segments.version} > 1)`.mapWith(Number),
						firstAt: min(segments.startedAt),
						lastAt: max(segments.endedAt)
					})
					.from(segments)
					.where(inArray(segments.boothId, wanted))
					.groupBy(segments.boothId),
				db
					.select({
						booth: segmentTranslations.boothId,
						language: segmentTranslations.language,
						done: count(segmentTranslations.text)
					})
					.from(segmentTranslations)
					.where(inArray(segmentTranslations.boothId, wanted))
					.groupBy(segmentTranslations.boothId, segmentTranslations.language)
					.orderBy(asc(segmentTranslations.language))
			]);
			return rows.map((row) => ({
				booth: boothId(row.booth),
				segments: row.segments,
				corrected: row.corrected,
				firstAt: row.firstAt?.getTime() ?? 0,
				lastAt: row.lastAt?.getTime() ?? 0,
				translations: translated
					.filter(({ booth, done }) => booth === row.booth && done > 0)
					.map(({ language, done }) => ({ language, done }))
			}));
		},

		async stretches(booth) {
			const found = await db.execute(sql`
				with spoken as (
					select seq, started_at, ended_at,
						case when started_at - lag(ended_at) over (order by seq)
							< make_interval(mins => ${STRETCH_GAP_MINUTES}) then 0 else 1 end as begins
					from segments where booth_id = ${booth}
				), numbered as (
					select *, sum(begins) over (order by seq) as stretch from spoken
				)
				select min(seq)::int as "fromSeq", count(*)::int as segments,
					extract(epoch from min(started_at))::float8 as "startedAtS",
					extract(epoch from max(ended_at))::float8 as "endedAtS"
				from numbered group by stretch order by min(seq) desc limit ${STRETCHES_MAX}`);
			return rowsOf<{ fromSeq: number; segments: number; startedAtS: number; endedAtS: number }>(
				found
			)
				.map(({ fromSeq, segments, startedAtS, endedAtS }) => ({
					fromSeq,
					segments,
					startedAt: Math.round(Number(startedAtS) * 1000),
					endedAt: Math.round(Number(endedAtS) * 1000)
				}))
				.reverse();
		},

		async spans(event) {
			const day = sql`date_trunc('day', ${segments.startedAt} at time zone ${events.timeZone})`;
			const [sessions, days] = await Promise.all([
				db
					.select()
					.from(scheduleSessions)
					.where(eq(scheduleSessions.eventId, event))
					.orderBy(asc(scheduleSessions.startsAt), asc(scheduleSessions.id))
					.limit(SPANS_MAX),
				db
					.select({ from: min(segments.startedAt), until: max(segments.endedAt) })
					.from(segments)
					.innerJoin(events, eq(events.id, segments.eventId))
					.where(eq(segments.eventId, event))
					.groupBy(day)
					.orderBy(asc(min(segments.startedAt)))
					.limit(SPANS_MAX)
			]);
			return [
				...days.flatMap(({ from, until }) =>
					from === null || until === null
						? []
						: [{ from: from.getTime(), until: until.getTime(), title: null }]
				),
				...sessions.map(({ startsAt, endsAt, title }) => ({
					from: startsAt.getTime(),
					until: endsAt.getTime(),
					title
				}))
			];
		}
	};
}
