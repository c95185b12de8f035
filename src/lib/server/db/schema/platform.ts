import {
	bigserial,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	timestamp,
	varchar
} from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';
import { events } from './events.ts';

/** Portals that are alive, so that seats of one that died are counted as lost. */
export const portals = pgTable('portals', {
	id: text('id').primaryKey(),
	startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
	seenAt: timestamp('seen_at', { withTimezone: true }).notNull().defaultNow()
});

/** Key pairs of the media tokens; the private half is encrypted. */
export const signingKeys = pgTable('signing_keys', {
	kid: varchar('kid', { length: 64 }).primaryKey(),
	publicJwk: jsonb('public_jwk').$type<Record<string, unknown>>().notNull(),
	privateJwkEncrypted: text('private_jwk_encrypted').notNull(),
	createdAt,
	retiredAt: timestamp('retired_at', { withTimezone: true })
});

/**
 * Who did what to whom, when and from where. Rows outlive what they are about, so there are no foreign keys.
 */
export const auditLog = pgTable(
	'audit_log',
	{
		id: bigserial('id', { mode: 'number' }).primaryKey(),
		at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
		/** `user:…`, `guest:…`, `admin`; null for somebody unknown and for the portal itself. */
		actor: text('actor'),
		actorKind: varchar('actor_kind', { length: 20 }).notNull(),
		actorName: varchar('actor_name', { length: 200 }).notNull().default(''),
		action: varchar('action', { length: 60 }).notNull(),
		eventId: integer('event_id'),
		roomId: integer('room_id'),
		boothId: integer('booth_id'),
		/** Whom or what it was done to, in words: an address, a name, a language. */
		target: varchar('target', { length: 320 }).notNull().default(''),
		details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
		address: varchar('address', { length: 64 })
	},
	(t) => [
		index('audit_log_event').on(t.eventId, t.id),
		index('audit_log_actor').on(t.actor, t.id),
		index('audit_log_at').on(t.at)
	]
);

/** Keys of speech and translation services, one of a kind for an event. */
export const providerKeys = pgTable(
	'provider_keys',
	{
		eventId: integer('event_id')
			.notNull()
			.references(() => events.id, { onDelete: 'cascade' }),
		provider: varchar('provider', { length: 40 }).notNull(),
		keyEncrypted: text('key_encrypted').notNull(),
		/** All that is ever shown of it again. */
		lastFour: varchar('last_four', { length: 4 }).notNull(),
		setBy: text('set_by'),
		setByName: varchar('set_by_name', { length: 200 }).notNull().default(''),
		setAt: timestamp('set_at', { withTimezone: true }).notNull().defaultNow()
	},
	(t) => [primaryKey({ columns: [t.eventId, t.provider] })]
);

/** Wrong guesses, counted for all portals together and across their restarts. */
export const attempts = pgTable(
	'attempts',
	{
		key: varchar('key', { length: 200 }).primaryKey(),
		wrong: integer('wrong').notNull(),
		endsAt: timestamp('ends_at', { withTimezone: true }).notNull()
	},
	(t) => [index('attempts_ends').on(t.endsAt)]
);
