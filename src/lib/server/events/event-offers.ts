import { eq } from 'drizzle-orm';
import type { EventId } from '#lib/domain/ids.ts';
import type { LanguageCode } from '#lib/domain/language.ts';
import type { Db } from '../db/database.ts';
import { events, translationSettings } from '../db/schema.ts';

/** What an event offers its audience besides its channels. */
export type EventOffers = {
	/** Languages into which a machine translates the captions of every channel. */
	readonly translations: LanguageCode[];
	/** Transcripts may be downloaded. */
	readonly transcript: boolean;
};

export async function offersOf(db: Db, event: EventId): Promise<EventOffers> {
	const [row] = await db
		.select({
			transcript: events.transcriptDownload,
			external: events.transcriptionApiEnabled,
			enabled: translationSettings.enabled,
			targets: translationSettings.targets
		})
		.from(events)
		.leftJoin(translationSettings, eq(translationSettings.eventId, events.id))
		.where(eq(events.id, event));
	const isTranslated = row?.enabled === true && row.external;
	return {
		translations: isTranslated ? ((row.targets ?? []) as LanguageCode[]) : [],
		transcript: row?.transcript ?? false
	};
}
