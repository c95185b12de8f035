import { sql } from 'drizzle-orm';
import {
	boolean,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	timestamp,
	unique,
	uuid,
	varchar
} from 'drizzle-orm/pg-core';
import type { SessionPhase } from '../../../protocol/worker.ts';
import { createdAt } from './columns.ts';
import { events, booths } from './events.ts';

/** Final captions. `seq` rises by one per booth for ever; a correction raises `version`. */
export const segments = pgTable(
	'segments',
	{
		id: uuid('id').primaryKey().defaultRandom(),
		eventId: integer('event_id')
			.notNull()
			.references(() => events.id, { onDelete: 'cascade' }),
		boothId: integer('booth_id')
			.notNull()
			.references(() => booths.id, { onDelete: 'cascade' }),
		seq: integer('seq').notNull(),
		/** BCP-47, `und` where nobody said what is spoken on a floor. */
		language: varchar('language', { length: 35 }).notNull(),
		text: text('text').notNull(),
		startedAt: timestamp('started_at', { withTimezone: true }).notNull(),
		endedAt: timestamp('ended_at', { withTimezone: true }).notNull(),
		/** Display name of who was on air, where known. */
		speaker: varchar('speaker', { length: 200 }),
		version: integer('version').notNull().default(1),
		/** The worker's own id of it: one that is handed in twice is stored once. */
		key: varchar('key', { length: 100 }).notNull(),
		createdAt
	},
	(t) => [
		unique('segments_booth_seq').on(t.boothId, t.seq),
		unique('segments_booth_key').on(t.boothId, t.key),
		index('segments_event_started').on(t.eventId, t.startedAt)
	]
);

/** How a corrected caption read, version by version; one that nobody corrected has none. */
export const segmentVersions = pgTable(
	'segment_versions',
	{
		segmentId: uuid('segment_id')
			.notNull()
			.references(() => segments.id, { onDelete: 'cascade' }),
		version: integer('version').notNull(),
		text: text('text').notNull(),
		speaker: varchar('speaker', { length: 200 }),
		/** `user:…`, `guest:…` or `admin`; null for the machine, whose version is the first. */
		by: text('by'),
		byName: varchar('by_name', { length: 200 }).notNull().default(''),
		at: timestamp('at', { withTimezone: true }).notNull().defaultNow()
	},
	(t) => [primaryKey({ columns: [t.segmentId, t.version] })]
);

/**
 * Captions in other languages, made by a machine. A row is made with the caption and is the job until it has
 * its text: whichever portal claims it first does it.
 */
export const segmentTranslations = pgTable(
	'segment_translations',
	{
		segmentId: uuid('segment_id')
			.notNull()
			.references(() => segments.id, { onDelete: 'cascade' }),
		/** BCP-47 of the translation. */
		language: varchar('language', { length: 35 }).notNull(),
		boothId: integer('booth_id')
			.notNull()
			.references(() => booths.id, { onDelete: 'cascade' }),
		/** Of the caption, so that a channel's are done in order. */
		seq: integer('seq').notNull(),
		/** Version of the caption that `text` translates; a correction makes it due again. */
		version: integer('version').notNull(),
		/** `waiting`, `done` or `failed`. */
		state: varchar('state', { length: 10 }).notNull().default('waiting'),
		/** The last one that succeeded stays while a newer version waits. */
		text: text('text'),
		attempts: integer('attempts').notNull().default(0),
		/** When to try, again or at all; while somebody does, until when they have it. */
		dueAt: timestamp('due_at', { withTimezone: true }).notNull().defaultNow(),
		/** Why the last try failed: a code of domain/captions/translation.ts. */
		fault: varchar('fault', { length: 40 }),
		doneAt: timestamp('done_at', { withTimezone: true })
	},
	(t) => [
		primaryKey({ columns: [t.segmentId, t.language] }),
		index('segment_translations_waiting')
			.on(t.dueAt)
			.where(sql`${t.state} = 'waiting'`),
		index('segment_translations_booth').on(t.boothId, t.language, t.seq)
	]
);

/** Translation of an event's captions: whether, by whom and into what. */
export const translationSettings = pgTable('translation_settings', {
	eventId: integer('event_id')
		.primaryKey()
		.references(() => events.id, { onDelete: 'cascade' }),
	enabled: boolean('enabled').notNull().default(false),
	provider: varchar('provider', { length: 40 }).notNull(),
	model: varchar('model', { length: 120 }).notNull().default(''),
	/** Base URL of a server of the organiser's own; empty: the vendor's. */
	server: varchar('server', { length: 500 }).notNull().default(''),
	/** BCP-47. */
	targets: jsonb('targets').$type<string[]>().notNull().default([])
});

/** Names and terms of an event: hints for the speech provider, a glossary for the translation. */
export const glossaryTerms = pgTable(
	'glossary_terms',
	{
		id: uuid('id').primaryKey().defaultRandom(),
		eventId: integer('event_id')
			.notNull()
			.references(() => events.id, { onDelete: 'cascade' }),
		/** `speaker`: a person's name; `term`: any other. */
		kind: varchar('kind', { length: 10 }).notNull(),
		term: varchar('term', { length: 100 }).notNull(),
		/** By BCP-47 code; a language that is not there keeps the term as it is. */
		translations: jsonb('translations').$type<Record<string, string>>().notNull().default({}),
		createdAt
	},
	(t) => [unique('glossary_terms_event_term').on(t.eventId, t.kind, t.term)]
);

/** A short trial of a speech provider, run by whichever worker is there. Kept for a day. */
export const captionTrials = pgTable(
	'caption_trials',
	{
		id: uuid('id').primaryKey().defaultRandom(),
		eventId: integer('event_id')
			.notNull()
			.references(() => events.id, { onDelete: 'cascade' }),
		boothId: integer('booth_id')
			.notNull()
			.references(() => booths.id, { onDelete: 'cascade' }),
		provider: varchar('provider', { length: 40 }).notNull(),
		model: varchar('model', { length: 120 }).notNull(),
		/** `waiting`, `running`, `done` or `failed`. */
		state: varchar('state', { length: 10 }).notNull().default('waiting'),
		/** Id of the worker's process that runs it. */
		worker: varchar('worker', { length: 100 }),
		text: text('text').notNull().default(''),
		firstTextMs: integer('first_text_ms'),
		finalMs: integer('final_ms'),
		/** A `CaptionFaultCode`, or why it could not begin. */
		fault: varchar('fault', { length: 40 }),
		detail: varchar('detail', { length: 500 }).notNull().default(''),
		createdAt,
		endedAt: timestamp('ended_at', { withTimezone: true })
	},
	(t) => [index('caption_trials_booth').on(t.boothId, t.createdAt)]
);

/** Which worker makes a booth's captions, and how it fares; one row per booth that ever had one. */
export const captionSessions = pgTable('caption_sessions', {
	boothId: integer('booth_id')
		.primaryKey()
		.references(() => booths.id, { onDelete: 'cascade' }),
	/** Rises with each holder. */
	epoch: integer('epoch').notNull().default(0),
	/** Id of the worker's process; null while nobody holds the lease. */
	worker: varchar('worker', { length: 100 }),
	/** Since when the present or the last holder listens, and until when unless it says it is there. */
	since: timestamp('since', { withTimezone: true }),
	expiresAt: timestamp('expires_at', { withTimezone: true }),
	/** What the holder last said of itself. */
	phase: jsonb('phase').$type<SessionPhase>(),
	/** Why the last holder stopped, or why nobody may begin. */
	reason: varchar('reason', { length: 100 })
});
