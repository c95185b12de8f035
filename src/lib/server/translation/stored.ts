import { and, asc, desc, eq, gt, gte, isNotNull } from 'drizzle-orm';
import type { BoothId } from '#lib/domain/ids.ts';
import {
	ARRIVAL_LENGTH,
	ARRIVAL_MS,
	CATCH_UP_LENGTH,
	type CaptionFinal,
	type CaptionsCaughtUp
} from '#lib/protocol/captions.ts';
import type { Db } from '../db/database.ts';
import { segments, segmentTranslations } from '../db/schema.ts';

/** Translations for those who were away or have just come. */
export function createStoredTranslations(db: Db, now: () => number = Date.now) {
	return {
		/** After `seq`, oldest first; null: of the last minutes. */
		async since(booth: BoothId, language: string, seq: number | null): Promise<CaptionsCaughtUp> {
			const limit = seq === null ? ARRIVAL_LENGTH : CATCH_UP_LENGTH + 1;
			const rows = await db
				.select({ translation: segmentTranslations, segment: segments })
				.from(segmentTranslations)
				.innerJoin(segments, eq(segments.id, segmentTranslations.segmentId))
				.where(
					and(
						eq(segmentTranslations.boothId, booth),
						eq(segmentTranslations.language, language),
						isNotNull(segmentTranslations.text),
						seq === null
							? gte(segments.endedAt, new Date(now() - ARRIVAL_MS))
							: gt(segmentTranslations.seq, seq)
					)
				)
				.orderBy(seq === null ? desc(segmentTranslations.seq) : asc(segmentTranslations.seq))
				.limit(limit);
			const finals = rows.map(({ translation, segment }): CaptionFinal => ({
				id: segment.key,
				channel: booth,
				seq: segment.seq,
				language: translation.language,
				machine: true,
				version: translation.version,
				text: translation.text ?? '',
				startedAt: segment.startedAt.getTime(),
				endedAt: segment.endedAt.getTime(),
				speaker: segment.speaker
			}));
			if (seq === null) return { finals: finals.reverse(), more: false };
			return { finals: finals.slice(0, CATCH_UP_LENGTH), more: finals.length > CATCH_UP_LENGTH };
		}
	};
}
