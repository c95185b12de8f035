import { and, eq, sql } from 'drizzle-orm';
import type { TranslationFault } from '#lib/domain/captions/translation.ts';
import { rowsOf, type Db } from '../db/database.ts';
import { events, segments, segmentTranslations, translationSettings } from '../db/schema.ts';

/** One caption to be put into one language. */
export type TranslationJob = {
	readonly segment: string;
	readonly language: string;
	/** Version of the caption that is translated. */
	readonly version: number;
	/** This one included. */
	readonly attempts: number;
};

/** A slow service is behind by no more than this for each channel and language; older captions are given up. */
export const QUEUE_MAX = 40;
/** Captions of the time before translation was switched on that are translated too. */
const LOOK_BACK_MINUTES = 10;
/** Whoever claims a caption has it for so long; a portal that died gives it back. */
export const CLAIM_MS = 45_000;
/** Of one channel and language at once, so that a talkative one does not keep the others waiting. */
const AT_ONCE = 3;

/** The rows of `segment_translations` as a queue that all portals work on. */
export type TranslationQueue = {
	/** Puts in what was said and is to be translated, and gives up what is too far behind. */
	fill(now: number): Promise<void>;
	/** Takes up to `most` that are due; no other portal gets them meanwhile. */
	claim(now: number, most: number): Promise<TranslationJob[]>;
	/** @returns false when the caption was corrected meanwhile: it is due again */
	done(job: TranslationJob, text: string, now: number): Promise<boolean>;
	/** `againAt` epoch ms; null: never. */
	failed(job: TranslationJob, fault: TranslationFault, againAt: number | null): Promise<void>;
};

export function createTranslationQueue(db: Db): TranslationQueue {
	const own = ({ segment, language, version }: TranslationJob) =>
		and(
			eq(segmentTranslations.segmentId, segment),
			eq(segmentTranslations.language, language),
			eq(segmentTranslations.version, version)
		);

	return {
		async fill(now) {
			const at = sql`${new Date(now).toISOString()}::timestamptz`;
			await db.execute(sql`
				insert into ${segmentTranslations} (segment_id, language, booth_id, seq, version, due_at)
				select s.id, target.language, s.booth_id, s.seq, s.version, ${at}
				from ${segments} s
				join ${translationSettings} t on t.event_id = s.event_id
				join ${events} e on e.id = s.event_id
				cross join lateral jsonb_array_elements_text(t.targets) as target(language)
				where t.enabled and e.transcription_api_enabled and e.deleted_at is null
					and s.created_at > ${at} - make_interval(mins => ${LOOK_BACK_MINUTES})
					and lower(split_part(target.language, '-', 1)) <> lower(split_part(s.language, '-', 1))
				on conflict do nothing`);
			await db.execute(sql`
				update ${segmentTranslations} set state = 'failed', fault = 'falling_behind'
				where (segment_id, language) in (
					select segment_id, language from (
						select segment_id, language,
							row_number() over (partition by booth_id, language order by seq desc) as behind
						from ${segmentTranslations} where state = 'waiting'
					) waiting where behind > ${QUEUE_MAX})
				and state = 'waiting'`);
		},

		async claim(now, most) {
			const at = sql`${new Date(now).toISOString()}::timestamptz`;
			const until = sql`${new Date(now + CLAIM_MS).toISOString()}::timestamptz`;
			const claimed = await db.execute(sql`
				with turns as (
					select segment_id, language,
						row_number() over (partition by booth_id, language order by seq) as turn
					from ${segmentTranslations} where state = 'waiting' and due_at <= ${at}
				), mine as (
					select w.segment_id, w.language from ${segmentTranslations} w
					join turns on turns.segment_id = w.segment_id and turns.language = w.language
					where w.state = 'waiting' and w.due_at <= ${at} and turns.turn <= ${AT_ONCE}
					order by turns.turn, w.seq limit ${most}
					for update of w skip locked
				)
				update ${segmentTranslations} t set due_at = ${until}, attempts = t.attempts + 1
				from mine where t.segment_id = mine.segment_id and t.language = mine.language
				returning t.segment_id as segment, t.language, t.version, t.attempts`);
			return rowsOf<TranslationJob>(claimed);
		},

		async done(job, text, now) {
			const stored = await db
				.update(segmentTranslations)
				.set({ text, state: 'done', fault: null, doneAt: new Date(now) })
				.where(own(job))
				.returning({ segment: segmentTranslations.segmentId });
			return stored.length > 0;
		},

		async failed(job, fault, againAt) {
			await db
				.update(segmentTranslations)
				.set(againAt === null ? { state: 'failed', fault } : { fault, dueAt: new Date(againAt) })
				.where(own(job));
		}
	};
}
