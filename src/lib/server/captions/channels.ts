import { and, asc, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Lease } from '#lib/domain/captions/lease.ts';
import { accountOf } from '#lib/domain/captions/speech-service.ts';
import { STRONG_WORDS } from '#lib/domain/captions/strong-words.ts';
import { boothId, eventId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import { mediaPath, type MediaPath } from '#lib/domain/media-path.ts';
import type { SessionPhase } from '#lib/protocol/worker.ts';
import type { Db } from '../db/database.ts';
import {
	booths,
	captionSessions,
	events,
	glossaryTerms,
	providerKeys,
	rooms
} from '../db/schema.ts';
import { leaseOf } from './leases.ts';

/** As many as a session order takes. */
const HINTS_MAX = 500;

/** A channel whose captions are on or still made: its settings, and how its session stands. */
export type CaptionChannel = {
	readonly booth: BoothId;
	readonly event: EventId;
	readonly eventSlug: string;
	readonly path: MediaPath;
	readonly enabled: boolean;
	/** BCP-47 of what is said there; null: nobody said. */
	readonly language: string | null;
	readonly service: string;
	readonly model: string;
	/** Empty: the vendor's own. */
	readonly server: string;
	readonly externalAllowed: boolean;
	/** The people of the channel agreed to captions. */
	readonly consent: boolean;
	/** Words the event hides. */
	readonly hiddenWords: readonly string[];
	/** When the key it needs was set, epoch ms; null: there is none. */
	readonly keySetAt: number | null;
	readonly lease: Lease;
	readonly phase: SessionPhase | null;
};

/** What a floor or a booth speaks: the organiser's word for it, else the booth's own code. */
export function spokenLanguage(code: string, hint: string): string | null {
	if (hint !== '') return hint;
	return code === FLOOR ? null : code;
}

/** One query, whatever the number of booths. */
export async function captionChannels(db: Db): Promise<CaptionChannel[]> {
	const rows = await db
		.select({
			booth: booths,
			event: {
				slug: events.slug,
				externalAllowed: events.transcriptionApiEnabled,
				hidesWords: events.hidesStrongWords,
				hiddenWords: events.hiddenWords,
				deletedAt: events.deletedAt
			},
			room: { slug: rooms.slug, main: rooms.isMain, deletedAt: rooms.deletedAt },
			session: captionSessions,
			keySetAt: providerKeys.setAt
		})
		.from(booths)
		.innerJoin(rooms, eq(rooms.id, booths.roomId))
		.innerJoin(events, eq(events.id, booths.eventId))
		.leftJoin(captionSessions, eq(captionSessions.boothId, booths.id))
		.leftJoin(
			providerKeys,
			and(eq(providerKeys.eventId, booths.eventId), eq(providerKeys.provider, accountColumn()))
		)
		.where(
			or(
				and(
					eq(booths.transcriptionEnabled, true),
					isNull(booths.deletedAt),
					isNull(rooms.deletedAt),
					isNull(events.deletedAt)
				),
				isNotNull(captionSessions.worker)
			)
		)
		.orderBy(booths.id);
	return rows.map(({ booth, event, room, session, keySetAt }) => {
		const language = booth.languageCode as LanguageCode;
		const isDeleted = [booth, room, event].some(({ deletedAt }) => deletedAt !== null);
		return {
			booth: boothId(booth.id),
			event: eventId(booth.eventId),
			eventSlug: event.slug,
			path: mediaPath({ event: event.slug, room: room.main ? null : room.slug, language }),
			enabled: booth.transcriptionEnabled && !isDeleted,
			language: spokenLanguage(language, booth.transcriptionLanguageHint),
			service: booth.transcriptionProvider,
			model: booth.transcriptionModel,
			server: booth.transcriptionServer,
			externalAllowed: event.externalAllowed,
			consent: booth.captionsConsent,
			hiddenWords: event.hidesWords ? [...STRONG_WORDS, ...event.hiddenWords] : [],
			keySetAt: keySetAt?.getTime() ?? null,
			lease: leaseOf(session),
			phase: session === null || session.worker === null ? null : session.phase
		};
	});
}

/** `accountOf` in SQL: two ways into OpenAI are one account. */
function accountColumn() {
	return sql`case when ${booths.transcriptionProvider} = 'openai-realtime' then 'openai'
		else ${booths.transcriptionProvider} end`;
}

/** Changes with everything that a running session was started with; the key shows by when it was set. */
export function settingsMark(channel: CaptionChannel): string {
	const { path, language, service, model, server, hiddenWords, keySetAt } = channel;
	const key = accountOf(service, server) === null ? null : keySetAt;
	return JSON.stringify([path, language, service, model, server, hiddenWords, key]);
}

/** Names and terms of the event, for providers that take hints; names of speakers first. */
export async function spokenTerms(db: Db, event: EventId): Promise<string[]> {
	const rows = await db
		.select({ term: glossaryTerms.term })
		.from(glossaryTerms)
		.where(eq(glossaryTerms.eventId, event))
		.orderBy(asc(glossaryTerms.kind), asc(glossaryTerms.term))
		.limit(HINTS_MAX);
	return rows.map(({ term }) => term);
}
