import {
	boolean,
	index,
	integer,
	pgTable,
	serial,
	text,
	timestamp,
	unique,
	varchar
} from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';

export const users = pgTable('users', {
	id: text('id').primaryKey(),
	email: varchar('email', { length: 320 }).notNull().unique(),
	displayName: varchar('display_name', { length: 200 }).notNull(),
	/** argon2id; null for people who sign in by link only. */
	passwordHash: text('password_hash'),
	isAdmin: boolean('is_admin').notNull().default(false),
	isActive: boolean('is_active').notNull().default(true),
	/** May create events of their own, which they then own. */
	mayCreateEvents: boolean('may_create_events').notNull().default(false),
	/** When a link sent to the address was used; null while nobody has shown that it is theirs. */
	emailVerifiedAt: timestamp('email_verified_at', { withTimezone: true }),
	/** Language of mail; null: that of the page on which it was asked for. */
	locale: varchar('locale', { length: 35 }),
	/** Secret of the second factor, sealed; null while it is off. */
	totpSecretEncrypted: text('totp_secret_encrypted'),
	/** Newest time step whose code was used (RFC 6238): no code is taken twice. */
	totpLastStep: integer('totp_last_step'),
	createdAt
});

/** Lucia's sessions; `id` is what the adapter stores, the cookie carries the secret. */
export const sessions = pgTable(
	'sessions',
	{
		id: text('id').primaryKey(),
		userId: text('user_id')
			.notNull()
			.references(() => users.id, { onDelete: 'cascade' }),
		expiresAt: timestamp('expires_at', { withTimezone: true, mode: 'date' }).notNull(),
		/** What the browser calls itself, shortened, so that its owner recognises it. */
		device: varchar('device', { length: 300 }).notNull().default(''),
		address: varchar('address', { length: 64 }).notNull().default(''),
		createdAt,
		/** Brought up to date every few minutes at most. */
		seenAt: timestamp('seen_at', { withTimezone: true }).notNull().defaultNow()
	},
	(t) => [index('sessions_user').on(t.userId)]
);

/**
 * Secrets that work once: in links by mail, and between password and second factor. Only a SHA-256 is kept.
 * `kind` is one of `OneTimeKind` in accounts/one-time-secrets.ts.
 */
export const oneTimeSecrets = pgTable(
	'one_time_secrets',
	{
		secretHash: varchar('secret_hash', { length: 64 }).primaryKey(),
		kind: varchar('kind', { length: 20 }).notNull(),
		/** Null for a registration: there is no account before the address is shown to be theirs. */
		userId: text('user_id').references(() => users.id, { onDelete: 'cascade' }),
		/** The address it was sent to, which using it shows to be theirs. */
		email: varchar('email', { length: 320 }).notNull(),
		/** Of its kind: the name of a registration, the sealed secret of an unconfirmed second factor. */
		detail: text('detail').notNull().default(''),
		expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
		usedAt: timestamp('used_at', { withTimezone: true }),
		createdAt
	},
	(t) => [
		index('one_time_secrets_user').on(t.userId),
		index('one_time_secrets_expires').on(t.expiresAt)
	]
);

/** In place of the second factor when the phone is lost; each works once. Only a SHA-256 is kept. */
export const recoveryCodes = pgTable(
	'recovery_codes',
	{
		id: serial('id').primaryKey(),
		userId: text('user_id')
			.notNull()
			.references(() => users.id, { onDelete: 'cascade' }),
		codeHash: varchar('code_hash', { length: 64 }).notNull(),
		usedAt: timestamp('used_at', { withTimezone: true })
	},
	(t) => [unique('recovery_codes_user_code').on(t.userId, t.codeHash)]
);
