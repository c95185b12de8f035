import { randomUUID } from 'node:crypto';
import { asc, eq, sql } from 'drizzle-orm';
import { boothId, type BoothId } from '#lib/domain/ids.ts';
import { refuse } from '#lib/domain/result.ts';
import type { Database } from '#lib/server/db/database.ts';
import { booths, captionSessions, events, rooms, segments } from '#lib/server/db/schema.ts';
import { openCaptionPortal, type CaptionPortal, type PortalSettings } from './caption-portal.ts';

export type { CaptionPortal };

/** An event whose channels a test makes by names of its own, and the caption part of its portals. */
export type CaptionHall = {
	readonly database: Database;
	readonly event: number;
	readonly slug: string;
	/** Makes the channel, or changes its settings. */
	channel(
		name: string,
		settings: { on?: boolean; provider?: string; model?: string; server?: string }
	): Promise<BoothId>;
	nameOf(booth: number): string;
	/** Whether sound arrives in the channel, as the media server would say; it does unless told otherwise. */
	sound(name: string, isThere: boolean | null): void;
	/** Another worker takes the channel over, as after a lease that ran out. */
	takeOver(name: string): Promise<void>;
	/** All that is stored, in order; ids as the worker gave them. */
	stored(name?: string): Promise<StoredCaption[]>;
	/** Speech services outside may be used. */
	allowExternal(): Promise<void>;
	/** Removes the event with everything in it. */
	clear(): Promise<void>;
	portal(settings?: PortalSettings): Promise<CaptionPortal>;
};

export type StoredCaption = {
	readonly id: string;
	readonly seq: number;
	readonly text: string;
	readonly startedAt: number;
	readonly endedAt: number;
};

export async function openCaptionHall(database: Database): Promise<CaptionHall> {
	const { db } = database;
	const names = new Map<number, string>();
	const silent = new Map<BoothId, boolean | null>();
	const [event] = await db
		.insert(events)
		.values({
			slug: `hall-${randomUUID().slice(0, 8)}`,
			displayName: 'Hall',
			listenerAccess: 'open',
			hidesStrongWords: true,
			hiddenWords: ['damn']
		})
		.returning();
	const eventId = event?.id ?? 0;
	const [room] = await db
		.insert(rooms)
		.values({ eventId, slug: 'main', displayName: 'Main', isMain: true })
		.returning();
	const roomId = room?.id ?? 0;
	const boothOf = (name: string): BoothId => {
		const found = [...names].find(([, one]) => one === name)?.[0];
		if (found === undefined) throw new Error(`there is no channel ${name}`);
		return boothId(found);
	};

	return {
		database,
		event: eventId,
		slug: event?.slug ?? '',

		async channel(name, { on, provider, model, server }) {
			const set = {
				...(on === undefined ? {} : { transcriptionEnabled: on }),
				...(provider === undefined ? {} : { transcriptionProvider: provider }),
				...(model === undefined ? {} : { transcriptionModel: model }),
				...(server === undefined ? {} : { transcriptionServer: server })
			};
			const known = [...names].find(([, one]) => one === name)?.[0];
			if (known !== undefined) {
				if (Object.keys(set).length > 0)
					await db.update(booths).set(set).where(eq(booths.id, known));
				return boothId(known);
			}
			const [made] = await db
				.insert(booths)
				.values({
					eventId,
					roomId,
					languageCode: `en-x-a${names.size}`,
					transcriptionLanguageHint: 'en',
					...set
				})
				.returning();
			names.set(made?.id ?? 0, name);
			return boothId(made?.id ?? 0);
		},

		nameOf: (booth) => names.get(booth) ?? `unknown ${booth}`,
		sound: (name, isThere) => void silent.set(boothOf(name), isThere),

		async takeOver(name) {
			await db
				.update(captionSessions)
				.set({
					epoch: sql`${captionSessions.epoch} + 1`,
					worker: 'another',
					since: new Date(),
					expiresAt: new Date(Date.now() + 15_000)
				})
				.where(eq(captionSessions.boothId, boothOf(name)));
		},

		async stored(name) {
			const rows = await db
				.select()
				.from(segments)
				.where(
					name === undefined ? eq(segments.eventId, eventId) : eq(segments.boothId, boothOf(name))
				)
				.orderBy(asc(segments.boothId), asc(segments.seq));
			return rows.map(({ key, seq, text, startedAt, endedAt }) => ({
				id: key.slice(key.indexOf('/') + 1),
				seq,
				text,
				startedAt: startedAt.getTime(),
				endedAt: endedAt.getTime()
			}));
		},

		async allowExternal() {
			await db.update(events).set({ transcriptionApiEnabled: true }).where(eq(events.id, eventId));
		},

		async clear() {
			await db.delete(events).where(eq(events.id, eventId));
		},

		portal: (settings = {}) =>
			openCaptionPortal({
				database,
				limit: 10,
				key: async () => refuse('key_missing', 'None is set.'),
				now: Date.now,
				...settings,
				sound: (booth) => silent.get(booth) ?? (silent.has(booth) ? null : true)
			})
	};
}
