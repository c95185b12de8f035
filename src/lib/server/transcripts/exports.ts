import { and, asc, eq, gt, gte, isNotNull, lte } from 'drizzle-orm';
import type { SpokenSegment } from '#lib/domain/captions/cues.ts';
import type { ExportedChannel, Transcript } from '#lib/domain/captions/export.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { segments, segmentTranslations } from '../db/schema.ts';

/** A channel as it goes into a file: what was said there, or a machine's translation of it. */
export type WantedChannel = {
	readonly booth: BoothId;
	readonly label: string;
	/** BCP-47 of what is spoken there; null: as the captions themselves say. */
	readonly language: string | null;
	/** BCP-47 of the machine's translation to take instead of the original; null: the original. */
	readonly translation: string | null;
};

export const EXPORT_CHANNELS_MAX = 12;
/** A day of speech is some 10,000 captions; a file is put together in memory, so it has an end. */
const SEGMENTS_MAX = 50_000;
const BATCH = 2_000;

export type Between = { readonly from: number | null; readonly until: number | null };

/**
 * Everything said in the channels, ready to be written as a file.
 *
 * @param between epoch ms; captions that begin in it. `from` is also the file's 00:00:00.
 */
export async function transcriptOf(
	db: Db,
	{
		event,
		room,
		channels,
		between
	}: {
		event: string;
		room: string;
		channels: readonly WantedChannel[];
		between: Between;
	}
): Promise<Transcript> {
	const exportedChannels: ExportedChannel[] = [];
	for (const channel of channels.slice(0, EXPORT_CHANNELS_MAX)) {
		const { spoken, language } = await spokenIn(db, channel, between);
		exportedChannels.push({
			label: channel.label,
			language: channel.translation ?? channel.language ?? language ?? 'und',
			machine: channel.translation !== null,
			segments: spoken
		});
	}
	return { event, room, channels: exportedChannels, zeroAt: between.from };
}

async function spokenIn(
	db: Db,
	{ booth, translation }: WantedChannel,
	{ from, until }: Between
): Promise<{ spoken: SpokenSegment[]; language: string | null }> {
	const spoken: SpokenSegment[] = [];
	let language: string | null = null;
	let lastSeq = 0;
	while (spoken.length < SEGMENTS_MAX) {
		const rows = await db
			.select({ segment: segments, translated: segmentTranslations.text })
			.from(segments)
			.leftJoin(
				segmentTranslations,
				and(
					eq(segmentTranslations.segmentId, segments.id),
					eq(segmentTranslations.language, translation ?? '')
				)
			)
			.where(
				and(
					eq(segments.boothId, booth),
					gt(segments.seq, lastSeq),
					from === null ? undefined : gte(segments.startedAt, new Date(from)),
					until === null ? undefined : lte(segments.startedAt, new Date(until)),
					translation === null ? undefined : isNotNull(segmentTranslations.text)
				)
			)
			.orderBy(asc(segments.seq))
			.limit(BATCH);
		for (const { segment, translated } of rows) {
			language ??= segment.language;
			spoken.push({
				seq: segment.seq,
				text: translated ?? segment.text,
				startedAt: segment.startedAt.getTime(),
				endedAt: segment.endedAt.getTime(),
				speaker: segment.speaker
			});
		}
		lastSeq = rows.at(-1)?.segment.seq ?? lastSeq;
		if (rows.length < BATCH) break;
	}
	return { spoken, language };
}
