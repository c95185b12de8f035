import { eq } from 'drizzle-orm';
import { boothId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { booths, events } from '../db/schema.ts';

/** What an event decides about its captions. */
export type EventCaptions = {
	/** Sound may go to speech and translation services outside this installation. */
	readonly externalAllowed: boolean;
	/** Listeners may take transcripts with them. */
	readonly transcriptDownload: boolean;
	/** Days after which captions are deleted; null: with the event. */
	readonly retentionDays: number | null;
	/** IANA zone in which the event's times are read. */
	readonly timeZone: string;
	readonly hidesStrongWords: boolean;
	/** Hidden too, in any language. */
	readonly hiddenWords: readonly string[];
};

/** What is set for the captions of one booth or floor. */
export type ChannelCaptions = {
	readonly enabled: boolean;
	/** A `SpeechService`; whatever stands in the database is shown. */
	readonly provider: string;
	/** Empty: the provider's usual one. */
	readonly model: string;
	/** Base URL of a server of one's own; empty: the vendor's. */
	readonly server: string;
	/** BCP-47 of what is spoken there; empty: the channel's own language. */
	readonly languageHint: string;
	readonly consent: boolean;
};

export type CaptionSettings = {
	/** @throws when the event is not there; whoever calls has loaded it. */
	event(event: EventId): Promise<EventCaptions>;
	changeEvent(
		event: EventId,
		change: Partial<Omit<EventCaptions, 'retentionDays' | 'timeZone'>>
	): Promise<void>;
	/** Of every booth and floor of the event, in one query. */
	channels(event: EventId): Promise<ReadonlyMap<BoothId, ChannelCaptions>>;
	changeChannel(booth: BoothId, change: Partial<ChannelCaptions>): Promise<void>;
};

export function createCaptionSettings(
	db: Db,
	{ changed }: { changed: () => Promise<void> }
): CaptionSettings {
	return {
		async event(event) {
			const [row] = await db.select().from(events).where(eq(events.id, event));
			if (row === undefined) throw new Error(`event ${event} is gone`);
			return {
				externalAllowed: row.transcriptionApiEnabled,
				transcriptDownload: row.transcriptDownload,
				retentionDays: row.captionRetentionDays,
				timeZone: row.timeZone,
				hidesStrongWords: row.hidesStrongWords,
				hiddenWords: row.hiddenWords
			};
		},

		async changeEvent(event, { externalAllowed, transcriptDownload, ...words }) {
			await db
				.update(events)
				.set({
					...(externalAllowed === undefined ? {} : { transcriptionApiEnabled: externalAllowed }),
					...(transcriptDownload === undefined ? {} : { transcriptDownload }),
					...(words.hidesStrongWords === undefined
						? {}
						: { hidesStrongWords: words.hidesStrongWords }),
					...(words.hiddenWords === undefined ? {} : { hiddenWords: [...words.hiddenWords] })
				})
				.where(eq(events.id, event));
			await changed();
		},

		async channels(event) {
			const rows = await db.select().from(booths).where(eq(booths.eventId, event));
			return new Map(rows.map((row) => [boothId(row.id), channelOf(row)]));
		},

		async changeChannel(booth, change) {
			await db
				.update(booths)
				.set({
					...(change.enabled === undefined ? {} : { transcriptionEnabled: change.enabled }),
					...(change.provider === undefined ? {} : { transcriptionProvider: change.provider }),
					...(change.model === undefined ? {} : { transcriptionModel: change.model }),
					...(change.server === undefined ? {} : { transcriptionServer: change.server }),
					...(change.languageHint === undefined
						? {}
						: { transcriptionLanguageHint: change.languageHint }),
					...(change.consent === undefined ? {} : { captionsConsent: change.consent })
				})
				.where(eq(booths.id, booth));
			await changed();
		}
	};
}

function channelOf(row: typeof booths.$inferSelect): ChannelCaptions {
	return {
		enabled: row.transcriptionEnabled,
		provider: row.transcriptionProvider,
		model: row.transcriptionModel,
		server: row.transcriptionServer,
		languageHint: row.transcriptionLanguageHint,
		consent: row.captionsConsent
	};
}
