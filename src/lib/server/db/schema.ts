import { sql } from 'drizzle-orm';
import {
	bigserial,
	boolean,
	check,
	date,
	foreignKey,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	serial,
	text,
	timestamp,
	unique,
	uniqueIndex,
	uuid,
	varchar
} from 'drizzle-orm/pg-core';
import type { SessionPhase } from '../../protocol/worker.ts';
import { EMPTY_BOOTH, type BoothState } from '../../domain/booth/state.ts';

const createdAt = timestamp('created_at', { withTimezone: true }).notNull().defaultNow();

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
	/** Language of mail and of pages on a new device; null: as the browser asks. */
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
		/** Sealed data of its kind: a registration's name, an unconfirmed second factor. */
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
