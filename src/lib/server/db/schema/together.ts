import { sql } from 'drizzle-orm';
import {
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	timestamp,
	uniqueIndex,
	uuid,
	varchar
} from 'drizzle-orm/pg-core';
import { events, rooms, booths } from './events.ts';

export const chatMessages = pgTable(
	'chat_messages',
	{
		id: uuid('id').primaryKey().defaultRandom(),
		boothId: integer('booth_id')
			.notNull()
			.references(() => booths.id, { onDelete: 'cascade' }),
		person: text('person').notNull(),
		name: varchar('name', { length: 200 }).notNull(),
		body: text('body').notNull(),
		sentAt: timestamp('sent_at', { withTimezone: true }).notNull().defaultNow()
	},
	(t) => [index('chat_messages_booth_sent').on(t.boothId, t.sentAt)]
);

/**
 * What the control desk keeps of a running event: requests for help, signals to speakers, alerts. One row is one
 * matter from its beginning to its end.
 */
export const deskEntries = pgTable(
	'desk_entries',
	{
		id: uuid('id').primaryKey().defaultRandom(),
		eventId: integer('event_id')
			.notNull()
			.references(() => events.id, { onDelete: 'cascade' }),
		roomId: integer('room_id').references(() => rooms.id, { onDelete: 'cascade' }),
		boothId: integer('booth_id').references(() => booths.id, { onDelete: 'cascade' }),
		/** `help` · `signal` · `alert`. */
		kind: varchar('kind', { length: 10 }).notNull(),
		/** Which signal or alert; who is called, for help. */
		code: varchar('code', { length: 40 }).notNull(),
		text: varchar('text', { length: 500 }).notNull().default(''),
		/** `open` · `handled` (somebody has seen to it) · `done`. */
		state: varchar('state', { length: 10 }).notNull().default('open'),
		/** Who raised it; null for an alert. */
		person: text('person'),
		name: varchar('name', { length: 200 }).notNull().default(''),
		handler: varchar('handler', { length: 200 }),
		openedAt: timestamp('opened_at', { withTimezone: true }).notNull().defaultNow(),
		changedAt: timestamp('changed_at', { withTimezone: true }).notNull().defaultNow(),
		closedAt: timestamp('closed_at', { withTimezone: true })
	},
	(t) => [
		index('desk_entries_event').on(t.eventId, t.openedAt),
		// Several portals see the same fault; it is one matter all the same.
		uniqueIndex('desk_entries_one_alert')
			.on(t.boothId, t.code)
			.where(sql`${t.kind} = 'alert' and ${t.closedAt} is null`)
	]
);

/** What boothmates jot down for each other: numbers, names, terms. */
export const boothNotes = pgTable(
	'booth_notes',
	{
		id: uuid('id').primaryKey().defaultRandom(),
		boothId: integer('booth_id')
			.notNull()
			.references(() => booths.id, { onDelete: 'cascade' }),
		person: text('person').notNull(),
		name: varchar('name', { length: 200 }).notNull(),
		text: varchar('text', { length: 200 }).notNull(),
		writtenAt: timestamp('written_at', { withTimezone: true }).notNull().defaultNow()
	},
	(t) => [index('booth_notes_booth').on(t.boothId, t.writtenAt)]
);

/** What listeners tell: nothing in it says who they are. */
export const feedback = pgTable(
	'feedback',
	{
		/** Made on the phone, so that what is sent twice is stored once. */
		id: uuid('id').primaryKey(),
		boothId: integer('booth_id')
			.notNull()
			.references(() => booths.id, { onDelete: 'cascade' }),
		kind: varchar('kind', { length: 20 }).notNull(),
		/** Of `bad-sound`: whose fault it is by its figures, see domain/listening/sound-fault.ts. */
		verdict: varchar('verdict', { length: 20 }),
		/** Of `rating`: 1–5. */
		rating: integer('rating'),
		/** What the phone measured. */
		figures: jsonb('figures').$type<Record<string, number | string | null>>(),
		/** When the listener pressed it; it may have been sent later. */
		happenedAt: timestamp('happened_at', { withTimezone: true }).notNull(),
		receivedAt: timestamp('received_at', { withTimezone: true }).notNull().defaultNow()
	},
	(t) => [index('feedback_booth_happened').on(t.boothId, t.happenedAt)]
);

/** How many listened, minute by minute; counts of the media server, no persons. */
export const audienceMinutes = pgTable(
	'audience_minutes',
	{
		boothId: integer('booth_id')
			.notNull()
			.references(() => booths.id, { onDelete: 'cascade' }),
		/** Beginning of the minute. */
		minute: timestamp('minute', { withTimezone: true }).notNull(),
		/** The most at one moment of it. */
		listeners: integer('listeners').notNull()
	},
	(t) => [primaryKey({ columns: [t.boothId, t.minute] })]
);
