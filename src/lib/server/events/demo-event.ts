import { createHmac } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import { hashSecret, newJoinCode } from '../auth/secrets.ts';
import type { Db } from '../db/database.ts';
import { booths, events, invites, rooms } from '../db/schema.ts';

export const DEMO_SLUG = 'demo';
/** The speaker talks Spanish, so that an English booth has something to do; Arabic shows right-to-left. */
const DEMO_LANGUAGES = ['en', 'de', 'fr', 'ar'] as LanguageCode[];
const INVITE_LIFETIME_MS = 365 * 24 * 3600 * 1000;

/** A demo interpreter's (or the demo speaker's) way in, by the same door as people. */
export type DemoVoice = {
	readonly kind: 'booth' | 'floor';
	readonly language: LanguageCode;
	/** Secret of its invitation: `POST /join/{invite}`. */
	readonly invite: string;
};

/** Links are paths below the portal's base URL. */
export type DemoEvent = {
	readonly slug: string;
	readonly name: string;
	readonly joinCode: string | null;
	readonly links: {
		/** Two interpreters of one booth. */
		readonly interpreters: { readonly language: LanguageCode; readonly path: string }[];
		readonly floor: string | null;
		readonly listener: string;
	};
	readonly voices: DemoVoice[];
};

export type DemoSettings = {
	/** The portal's secret: links are derived from it, so that every start prints the same ones and none is stored. */
	readonly secret: string;
	readonly now: () => number;
};

type Place = { readonly room: number; readonly booth: number | null };
type Wanted = {
	readonly name: string;
	readonly role: 'interpreter' | 'coordinator';
	readonly at: Place;
};

/**
 * Makes the demo event where there is none, and its invitations valid for another year. What an organiser
 * changed or removed stays as it is.
 *
 * @returns null when the organiser deleted the demo event.
 */
export async function seedDemoEvent(db: Db, settings: DemoSettings): Promise<DemoEvent | null> {
	return db.transaction(async (tx) => {
		await tx
			.insert(events)
			.values({
				slug: DEMO_SLUG,
				displayName: 'VoxBento demo',
				listenerAccess: 'code',
				listenerJoinCode: newJoinCode()
			})
			.onConflictDoNothing();
		// The row is locked, so that two portals starting at once do not both fill it.
		const [event] = await tx.select().from(events).where(eq(events.slug, DEMO_SLUG)).for('update');
		if (!event || event.deletedAt) return null;
		await fillEmptyEvent(tx, event.id);

		const { main, found } = await mainRoom(tx, event.id);
		const invite = (wanted: Wanted) => ensureInvite(tx, event.id, wanted, settings);
		const channels = found.filter((booth) => booth.language !== FLOOR);
		const interpreters: DemoEvent['links']['interpreters'] = [];
		const voices: DemoVoice[] = [];
		let floor: string | null = null;

		if (main && found.length > channels.length) {
			const at = { room: main, booth: null };
			const technician = await invite({ name: 'Floor technician', role: 'coordinator', at });
			if (technician) floor = `/join/${technician}`;
			const speaker = await invite({ name: 'Demo voice floor', role: 'coordinator', at });
			if (speaker) voices.push({ kind: 'floor', language: FLOOR, invite: speaker });
		}
		for (const [position, { id, room, language }] of channels.entries()) {
			const at = { room, booth: id };
			const people = position === 0 ? ['Interpreter 1', 'Interpreter 2'] : [];
			for (const name of people) {
				const secret = await invite({ name, role: 'interpreter', at });
				if (secret) interpreters.push({ language, path: `/join/${secret}` });
			}
			if (!DEMO_LANGUAGES.includes(language)) continue;
			const secret = await invite({ name: `Demo voice ${language}`, role: 'interpreter', at });
			if (secret) voices.push({ kind: 'booth', language, invite: secret });
		}

		const joinCode = event.listenerAccess === 'code' ? event.listenerJoinCode : null;
		return {
			slug: event.slug,
			name: event.displayName,
			joinCode,
			links: {
				interpreters,
				floor,
				listener: `/listener/${event.slug}${joinCode === null ? '' : `?code=${joinCode}`}`
			},
			voices
		};
	});
}

type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

/** Room and booths, only where there is no room at all: an organiser's own arrangement is left alone. */
async function fillEmptyEvent(tx: Tx, event: number): Promise<void> {
	const existing = await tx.select({ id: rooms.id }).from(rooms).where(eq(rooms.eventId, event));
	if (existing.length > 0) return;
	const [room] = await tx
		.insert(rooms)
		.values({ eventId: event, slug: 'main', displayName: 'Main hall', isMain: true })
		.returning({ id: rooms.id });
	if (!room) throw new Error('the main room was not stored');
	await tx.insert(booths).values(
		[FLOOR, ...DEMO_LANGUAGES].map((languageCode, position) => ({
			eventId: event,
			roomId: room.id,
			languageCode,
			position,
			// The one language that the smallest local model understands.
			transcriptionEnabled: languageCode === 'en',
			// Its voices are made by a machine, and nobody has to be asked.
			recordingConsent: true
		}))
	);
}

async function mainRoom(tx: Tx, event: number) {
	const [main] = await tx
		.select({ id: rooms.id })
		.from(rooms)
		.where(and(eq(rooms.eventId, event), eq(rooms.isMain, true)));
	if (!main) return { main: null, found: [] };
	const rows = await tx
		.select()
		.from(booths)
		.where(eq(booths.roomId, main.id))
		.orderBy(booths.position, booths.id);
	const found = rows.map((row) => ({
		id: row.id,
		room: row.roomId,
		language: row.languageCode as LanguageCode
	}));
	return { main: main.id, found };
}

/** @returns the secret of the invitation, or null when somebody withdrew it. */
async function ensureInvite(
	tx: Tx,
	event: number,
	{ name, role, at }: Wanted,
	{ secret: key, now }: DemoSettings
): Promise<string | null> {
	const secret = createHmac('sha256', key)
		.update(`demo invite ${event} ${at.booth ?? at.room} ${name}`)
		.digest('base64url');
	const expiresAt = new Date(now() + INVITE_LIFETIME_MS);
	const [kept] = await tx
		.insert(invites)
		.values({
			tokenHash: hashSecret(secret),
			eventId: event,
			roomId: at.room,
			boothId: at.booth,
			role,
			label: name,
			maxUses: null,
			createdBy: 'demo',
			expiresAt
		})
		.onConflictDoUpdate({
			target: invites.tokenHash,
			set: { expiresAt },
			setWhere: isNull(invites.revokedAt)
		})
		.returning({ id: invites.id });
	return kept ? secret : null;
}
