import { sql } from 'drizzle-orm';
import {
	boolean,
	check,
	date,
	foreignKey,
	index,
	integer,
	jsonb,
	pgTable,
	serial,
	text,
	timestamp,
	unique,
	uniqueIndex,
	varchar
} from 'drizzle-orm/pg-core';
import { EMPTY_BOOTH, type BoothState } from '../../../domain/booth/state.ts';
import { createdAt } from './columns.ts';

export const events = pgTable('events', {
	id: serial('id').primaryKey(),
	slug: varchar('slug', { length: 64 }).notNull().unique(),
	displayName: varchar('display_name', { length: 200 }).notNull(),
	/** `open`: anybody with the link · `code`: join code or QR · `invite`: people of the event only. */
	listenerAccess: varchar('listener_access', { length: 10 }).notNull().default('code'),
	listenerJoinCode: varchar('listener_join_code', { length: 12 }),
	joinCodeSince: timestamp('join_code_since', { withTimezone: true }).notNull().defaultNow(),
	/** The portal makes a new code after so many hours; null: only by hand. */
	joinCodeHours: integer('join_code_hours'),
	/** The code before this one, which still opens until then. */
	formerJoinCode: varchar('former_join_code', { length: 12 }),
	formerJoinCodeUntil: timestamp('former_join_code_until', { withTimezone: true }),
	/** Rises when everybody who listens has to come in anew; listeners' cookies carry it. */
	listenerEpoch: integer('listener_epoch').notNull().default(0),
	transcriptionApiEnabled: boolean('transcription_api_enabled').notNull().default(false),
	/** Listeners may take the transcript of the event with them as a file. */
	transcriptDownload: boolean('transcript_download').notNull().default(false),
	/** Captions are deleted so many days after they were spoken; null: with the event. */
	captionRetentionDays: integer('caption_retention_days').default(365),
	/** The same for chat, the audience's feedback and the record of changes. */
	chatRetentionDays: integer('chat_retention_days').default(90),
	feedbackRetentionDays: integer('feedback_retention_days').default(365),
	auditRetentionDays: integer('audit_retention_days').default(730),
	/** IANA name of the zone in which the event's times are read and typed. */
	timeZone: varchar('time_zone', { length: 64 }).notNull().default('UTC'),
	/** First and last day there; null while nobody said. */
	startsOn: date('starts_on'),
	endsOn: date('ends_on'),
	/** Strong words are shown as stars, those of the bundled list and these. */
	hidesStrongWords: boolean('hides_strong_words').notNull().default(false),
	hiddenWords: jsonb('hidden_words').$type<string[]>().notNull().default([]),
	/** For the audience: the way, the Wi-Fi, whom to ask. Plain text. */
	venueNotes: text('venue_notes').notNull().default(''),
	/** Origins of sites that may show the player in a frame; empty: none. */
	embedOrigins: jsonb('embed_origins').$type<string[]>().notNull().default([]),
	createdAt,
	deletedAt: timestamp('deleted_at', { withTimezone: true })
});

export const rooms = pgTable(
	'rooms',
	{
		id: serial('id').primaryKey(),
		eventId: integer('event_id')
			.notNull()
			.references(() => events.id, { onDelete: 'cascade' }),
		slug: varchar('slug', { length: 64 }).notNull(),
		displayName: varchar('display_name', { length: 200 }).notNull(),
		/** The first room; its booths have media paths without a room part. */
		isMain: boolean('is_main').notNull().default(false),
		position: integer('position').notNull().default(0),
		/** How long listeners' sound is held back, so that it fits a late video; ms, 0–10,000. */
		listenerDelayMs: integer('listener_delay_ms').notNull().default(0),
		createdAt,
		deletedAt: timestamp('deleted_at', { withTimezone: true })
	},
	(t) => [
		unique('rooms_event_slug').on(t.eventId, t.slug),
		unique('rooms_id_event').on(t.id, t.eventId),
		uniqueIndex('rooms_one_main')
			.on(t.eventId)
			.where(sql`${t.isMain}`)
	]
);

/** The floor of a room is its booth with language `floor`. */
export const booths = pgTable(
	'booths',
	{
		id: serial('id').primaryKey(),
		eventId: integer('event_id').notNull(),
		roomId: integer('room_id').notNull(),
		languageCode: varchar('language_code', { length: 35 }).notNull(),
		position: integer('position').notNull().default(0),
		/** Its interpreters agreed to be recorded; without it not even a listener's replay keeps anything. */
		recordingConsent: boolean('recording_consent').notNull().default(false),
		transcriptionEnabled: boolean('transcription_enabled').notNull().default(false),
		transcriptionProvider: varchar('transcription_provider', { length: 40 })
			.notNull()
			.default('local'),
		transcriptionModel: varchar('transcription_model', { length: 120 }).notNull().default(''),
		/** BCP-47 of what is spoken where the booth's own code does not say it, as on a floor; else empty. */
		transcriptionLanguageHint: varchar('transcription_language_hint', { length: 35 })
			.notNull()
			.default(''),
		/** Base URL of a speech server of the organiser's own; empty: the vendor's. */
		transcriptionServer: varchar('transcription_server', { length: 500 }).notNull().default(''),
		/** The people of the channel agreed to captions; on air without it there are none. */
		captionsConsent: boolean('captions_consent').notNull().default(true),
		/** `seq` of the newest stored caption; rises for ever, also when old ones are deleted. */
		captionSeq: integer('caption_seq').notNull().default(0),
		state: jsonb('state').$type<BoothState>().notNull().default(EMPTY_BOOTH),
		stateVersion: integer('state_version').notNull().default(0),
		/** When the next pending step or lost seat expires; null while there is none. */
		deadlineAt: timestamp('deadline_at', { withTimezone: true }),
		createdAt,
		deletedAt: timestamp('deleted_at', { withTimezone: true })
	},
	(t) => [
		unique('booths_room_language').on(t.roomId, t.languageCode),
		index('booths_event').on(t.eventId),
		index('booths_deadline')
			.on(t.deadlineAt)
			.where(sql`${t.deadlineAt} is not null`),
		// The pair, so that a booth can never stand in a room of another event.
		foreignKey({
			columns: [t.roomId, t.eventId],
			foreignColumns: [rooms.id, rooms.eventId],
			name: 'booths_room_of_event'
		}).onDelete('cascade')
	]
);

/** The programme of a room: what is said there when, and who interprets it. Times are instants. */
export const scheduleSessions = pgTable(
	'schedule_sessions',
	{
		id: serial('id').primaryKey(),
		eventId: integer('event_id').notNull(),
		roomId: integer('room_id').notNull(),
		startsAt: timestamp('starts_at', { withTimezone: true }).notNull(),
		endsAt: timestamp('ends_at', { withTimezone: true }).notNull(),
		title: varchar('title', { length: 200 }).notNull(),
		description: text('description').notNull().default(''),
		speakers: varchar('speakers', { length: 500 }).notNull().default(''),
		/** Names by language code. */
		interpreters: jsonb('interpreters').$type<Record<string, string>>().notNull().default({}),
		createdAt
	},
	(t) => [
		index('schedule_sessions_room').on(t.roomId, t.startsAt),
		check('schedule_sessions_forwards', sql`${t.endsAt} > ${t.startsAt}`),
		foreignKey({
			columns: [t.roomId, t.eventId],
			foreignColumns: [rooms.id, rooms.eventId],
			name: 'schedule_sessions_room_of_event'
		}).onDelete('cascade')
	]
);
