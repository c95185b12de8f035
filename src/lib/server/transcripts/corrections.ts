import { and, eq } from 'drizzle-orm';
import {
	corrected,
	type Correction,
	type CorrectionRefusal,
	type SegmentWording
} from '#lib/domain/captions/correction.ts';
import type { Actor } from '#lib/domain/access/policy.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Db } from '../db/database.ts';
import { segments, segmentTranslations, segmentVersions } from '../db/schema.ts';

export type CorrectedSegment = SegmentWording & {
	readonly booth: BoothId;
	readonly seq: number;
	readonly before: SegmentWording;
};

export type Corrections = {
	/** Whoever calls has asked whether `by` may correct this booth. The audience sees it at once. */
	correct(
		booth: BoothId,
		seq: number,
		correction: Correction,
		by: Actor
	): Promise<Result<CorrectedSegment, CorrectionRefusal | 'not_found'>>;
};

export function createCorrections(
	db: Db,
	{
		announce,
		now = Date.now
	}: {
		/** Tells the audience of this and every other portal. */
		announce: (booth: BoothId, seq: number) => Promise<void>;
		now?: () => number;
	}
): Corrections {
	return {
		async correct(booth, seq, correction, by) {
			const answer = await db.transaction(async (tx) => {
				// Locked, so that of two people who correct it at once the second is told.
				const [row] = await tx
					.select()
					.from(segments)
					.where(and(eq(segments.boothId, booth), eq(segments.seq, seq)))
					.for('update');
				if (row === undefined) return refuse('not_found', 'There is no such caption.');
				const before = { version: row.version, text: row.text, speaker: row.speaker };
				const judged = corrected(before, correction);
				if (!judged.ok) return judged;
				const { version, text, speaker } = judged.value;
				const person = by.kind === 'anonymous' ? null : by.person;
				const byName = by.kind === 'anonymous' ? '' : by.name.slice(0, 200);
				await tx
					.insert(segmentVersions)
					.values([
						{ segmentId: row.id, ...before, at: row.createdAt },
						{ segmentId: row.id, version, text, speaker, by: person, byName, at: new Date(now()) }
					])
					// From the second correction on, what stands there is a version already.
					.onConflictDoNothing();
				await tx.update(segments).set({ version, text, speaker }).where(eq(segments.id, row.id));
				if (text !== before.text)
					await tx
						.update(segmentTranslations)
						.set({ version, state: 'waiting', attempts: 0, dueAt: new Date(now()), fault: null })
						.where(eq(segmentTranslations.segmentId, row.id));
				return ok({ booth, seq, before, version, text, speaker });
			});
			// After the commit: whoever hears of it reads the new words.
			if (answer.ok) await announce(booth, seq);
			return answer;
		}
	};
}
