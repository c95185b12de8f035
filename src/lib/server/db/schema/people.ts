import { sql } from 'drizzle-orm';
import {
	check,
	index,
	integer,
	pgTable,
	serial,
	text,
	timestamp,
	unique,
	uuid,
	varchar
} from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';
import { users } from './accounts.ts';
import { events, rooms, booths } from './events.ts';

/** A role of an account at an event, a room (room_id) or a booth (room_id and booth_id). */
export const memberships = pgTable(
	'memberships',
	{
		id: serial('id').primaryKey(),
		userId: text('user_id')
			.notNull()
			.references(() => users.id, { onDelete: 'cascade' }),
		eventId: integer('event_id')
			.notNull()
			.references(() => events.id, { onDelete: 'cascade' }),
		roomId: integer('room_id').references(() => rooms.id, { onDelete: 'cascade' }),
		boothId: integer('booth_id').references(() => booths.id, { onDelete: 'cascade' }),
		role: varchar('role', { length: 20 }).notNull(),
		createdAt
	},
	(t) => [
		unique('memberships_place').on(t.userId, t.eventId, t.roomId, t.boothId).nullsNotDistinct(),
		index('memberships_event').on(t.eventId),
		check('memberships_booth_has_room', sql`${t.boothId} is null or ${t.roomId} is not null`)
	]
);

/** Only a SHA-256 of the secret is kept; the link is shown once. */
export const invites = pgTable(
	'invites',
	{
		id: uuid('id').primaryKey().defaultRandom(),
		tokenHash: varchar('token_hash', { length: 64 }).notNull().unique(),
		eventId: integer('event_id')
			.notNull()
			.references(() => events.id, { onDelete: 'cascade' }),
		roomId: integer('room_id').references(() => rooms.id, { onDelete: 'cascade' }),
		boothId: integer('booth_id').references(() => booths.id, { onDelete: 'cascade' }),
		role: varchar('role', { length: 20 }).notNull(),
		label: varchar('label', { length: 200 }).notNull().default(''),
		/** Null: as often as one likes until it expires or is revoked. */
		maxUses: integer('max_uses'),
		uses: integer('uses').notNull().default(0),
		/** Id of the account that made it, and the name it had then. */
		createdBy: text('created_by'),
		createdByName: varchar('created_by_name', { length: 200 }).notNull().default(''),
		/** Where it was sent by mail; null for a link that somebody hands out. */
		email: varchar('email', { length: 320 }),
		sentAt: timestamp('sent_at', { withTimezone: true }),
		expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
		revokedAt: timestamp('revoked_at', { withTimezone: true }),
		createdAt
	},
	(t) => [index('invites_event').on(t.eventId, t.createdAt)]
);

/** Who accepted an invitation, and when. */
export const inviteUses = pgTable(
	'invite_uses',
	{
		id: uuid('id').primaryKey().defaultRandom(),
		inviteId: uuid('invite_id')
			.notNull()
			.references(() => invites.id, { onDelete: 'cascade' }),
		/** `user:…` or `guest:…`; no reference, so that it outlives them. */
		person: text('person').notNull(),
		name: varchar('name', { length: 200 }).notNull(),
		usedAt: timestamp('used_at', { withTimezone: true }).notNull().defaultNow()
	},
	(t) => [index('invite_uses_invite').on(t.inviteId, t.usedAt)]
);

/** People who came in by an invite without an account. The cookie's secret is kept as SHA-256. */
export const guests = pgTable('guests', {
	id: text('id').primaryKey(),
	tokenHash: varchar('token_hash', { length: 64 }).notNull().unique(),
	inviteId: uuid('invite_id')
		.notNull()
		.references(() => invites.id, { onDelete: 'cascade' }),
	displayName: varchar('display_name', { length: 200 }).notNull(),
	expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
	createdAt
});
