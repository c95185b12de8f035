import { and, asc, count, desc, eq, gte, ilike, inArray, lt, or, sql } from 'drizzle-orm';
import { tidy } from '#lib/domain/captions/writing.ts';
import { boothId, type BoothId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { segments, segmentTranslations, segmentVersions } from '../db/schema.ts';

export const PAGE_LENGTH = 60;
export const SEARCH_LENGTH = 50;
export const SEARCH_MAX_LENGTH = 100;

export type ReadSegment = {
	readonly id: string;
	readonly seq: number;
	readonly language: string;
	readonly text: string;
	readonly startedAt: number;
	readonly endedAt: number;
	readonly speaker: string | null;
	/** Above 1: somebody corrected it. */
	readonly version: number;
	/** Into the language that was asked for; null while there is none. */
	readonly translation: string | null;
};

export type TranscriptPage = {
	readonly segments: readonly ReadSegment[];
	/** `seq` to ask with for the page before and after; null where there is none. */
	readonly previousFrom: number | null;
	readonly nextFrom: number | null;
};

export type FoundSegment = ReadSegment & { readonly booth: BoothId };
export type SegmentVersion = {
	readonly version: number;
	readonly text: string;
	readonly speaker: string | null;
	/** Name of who wrote it; empty: the machine. */
	readonly by: string;
	readonly at: number;
};

/** Reads what was said. Whoever calls has asked whether the person may read these booths. */
export type TranscriptReader = {
	/** From `from` on, oldest first; null: the beginning, `end`: the newest. */
	page(
		booth: BoothId,
		wanted: { readonly from: number | 'end' | null; readonly translation: string | null }
	): Promise<TranscriptPage>;
	/** Captions with every word of the query in text or name, newest first, at most SEARCH_LENGTH + 1. */
	search(booths: readonly BoothId[], query: string): Promise<FoundSegment[]>;
	/** Newest first; empty when nobody corrected it. */
	versions(booth: BoothId, seq: number): Promise<SegmentVersion[]>;
	/** Names that stand in a channel, the most frequent first, to choose from. */
	speakers(booth: BoothId): Promise<string[]>;
};

/** The words of a search, each of which must occur; empty: there is nothing to search for. */
export function searchWords(query: string): string[] {
	const words = tidy(query).slice(0, SEARCH_MAX_LENGTH).split(' ');
	return [...new Set(words.filter((word) => word !== ''))].slice(0, 10);
}

export function createTranscriptReader(db: Db): TranscriptReader {
	async function lastPageFrom(booth: BoothId): Promise<number | null> {
		const rows = await db
			.select({ seq: segments.seq })
			.from(segments)
			.where(eq(segments.boothId, booth))
			.orderBy(desc(segments.seq))
			.limit(PAGE_LENGTH);
		return rows.at(-1)?.seq ?? null;
	}

	return {
		async page(booth, { from: wanted, translation }) {
			const from = wanted === 'end' ? await lastPageFrom(booth) : wanted;
			const [rows, before] = await Promise.all([
				db
					.select({ segment: segments, translation: segmentTranslations.text })
					.from(segments)
					.leftJoin(
						segmentTranslations,
						and(
							eq(segmentTranslations.segmentId, segments.id),
							eq(segmentTranslations.language, translation ?? '')
						)
					)
					.where(and(eq(segments.boothId, booth), gte(segments.seq, from ?? 0)))
					.orderBy(asc(segments.seq))
					.limit(PAGE_LENGTH + 1),
				from === null
					? []
					: db
							.select({ seq: segments.seq })
							.from(segments)
							.where(and(eq(segments.boothId, booth), lt(segments.seq, from)))
							.orderBy(desc(segments.seq))
							.limit(PAGE_LENGTH)
			]);
			return {
				segments: rows
					.slice(0, PAGE_LENGTH)
					.map((row) => ({ ...readOf(row.segment), translation: row.translation })),
				previousFrom: before.at(-1)?.seq ?? null,
				nextFrom: rows[PAGE_LENGTH]?.segment.seq ?? null
			};
		},

		async search(booths, query) {
			const words = searchWords(query);
			if (words.length === 0 || booths.length === 0) return [];
			const rows = await db
				.select()
				.from(segments)
				.where(
					and(
						inArray(segments.boothId, [...booths]),
						...words.map((word) =>
							or(ilike(segments.text, pattern(word)), ilike(segments.speaker, pattern(word)))
						)
					)
				)
				.orderBy(desc(segments.startedAt), desc(segments.seq))
				.limit(SEARCH_LENGTH + 1);
			return rows.map((row) => ({
				...readOf(row),
				translation: null,
				booth: boothId(row.boothId)
			}));
		},

		async versions(booth, seq) {
			const rows = await db
				.select({ version: segmentVersions })
				.from(segmentVersions)
				.innerJoin(segments, eq(segments.id, segmentVersions.segmentId))
				.where(and(eq(segments.boothId, booth), eq(segments.seq, seq)))
				.orderBy(desc(segmentVersions.version));
			return rows.map(({ version: { version, text, speaker, byName, at } }) => ({
				version,
				text,
				speaker,
				by: byName,
				at: at.getTime()
			}));
		},

		async speakers(booth) {
			const rows = await db
				.select({ speaker: segments.speaker })
				.from(segments)
				.where(and(eq(segments.boothId, booth), sql`${segments.speaker} is not null`))
				.groupBy(segments.speaker)
				.orderBy(desc(count()))
				.limit(50);
			return rows.flatMap(({ speaker }) => (speaker === null ? [] : [speaker]));
		}
	};
}

function readOf(row: typeof segments.$inferSelect): Omit<ReadSegment, 'translation'> {
	const { id, seq, language, text, speaker, version } = row;
	const startedAt = row.startedAt.getTime();
	return { id, seq, language, text, speaker, version, startedAt, endedAt: row.endedAt.getTime() };
}

/** `%word%` with the pattern's own characters made plain. */
function pattern(word: string): string {
	return `%${word.replace(/[\\%_]/g, (special) => `\\${special}`)}%`;
}
