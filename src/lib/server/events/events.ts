import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { canSomewhereIn, type Actor, type Scope } from '#lib/domain/access/policy.ts';
import {
	boothId,
	eventId,
	roomId,
	type BoothId,
	type EventId,
	type RoomId
} from '#lib/domain/ids.ts';
import { FLOOR, parseLanguage, type LanguageCode } from '#lib/domain/language.ts';
import { mediaPath, type MediaPath } from '#lib/domain/media-path.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Db } from '../db/database.ts';
import { booths, events, rooms } from '../db/schema.ts';

export type ListenerAccess = 'open' | 'code' | 'invite';

export type FoundEvent = {
	readonly id: EventId;
	readonly slug: string;
	readonly name: string;
	readonly listenerAccess: ListenerAccess;
	/** What the audience is told about the venue; plain text. */
	readonly venueNotes: string;
	readonly scope: Scope;
};
export type FoundRoom = {
	readonly event: FoundEvent;
	readonly room: {
		readonly id: RoomId;
		readonly slug: string;
		readonly name: string;
		readonly main: boolean;
		/** How long listeners' sound is held back, ms. */
		readonly listenerDelayMs: number;
	};
	readonly scope: Scope;
};
export type FoundBooth = FoundRoom & {
	readonly booth: {
		readonly id: BoothId;
		readonly language: LanguageCode;
		readonly recordingConsent: boolean;
	};
	readonly path: MediaPath;
	readonly scope: Required<Scope>;
};

export type BoothPlace = { event: string; room: string | null; language: string };

/**
 * Finds places by their full path event → room → booth and nothing else, so that an id of another event is
 * never reached. Look-ups ignore case; what is deleted is not found, nor what stands in it.
 */
export type Events = {
	event(slug: string): Promise<Result<FoundEvent, 'not_found'>>;
	/** `room` null is the event's main room. */
	room(event: string, room: string | null): Promise<Result<FoundRoom, 'not_found'>>;
	booth(place: BoothPlace): Promise<Result<FoundBooth, 'not_found'>>;
	boothById(id: BoothId): Promise<Result<FoundBooth, 'not_found'>>;
	/** Booths of one room, or of the whole event, the floor first, then as the organiser ordered them. */
	booths(event: EventId, room?: RoomId): Promise<FoundBooth[]>;
	/** Booths of several events in one question, each event's floors first. */
	boothsOfAll(events: readonly EventId[]): Promise<FoundBooth[]>;
	rooms(event: EventId): Promise<FoundRoom[]>;
	/** Every booth of every event that is not deleted. */
	allBooths(): Promise<FoundBooth[]>;
	all(): Promise<FoundEvent[]>;
};

const NOT_FOUND = refuse('not_found', 'There is no such event, room or booth.');

/**
 * Whether a person may listen: everybody at an open event, else those who hold the right. An interpreter of
 * one booth hears the whole event: the floor, and other booths for relay.
 */
export function mayListen(actor: Actor, event: FoundEvent): boolean {
	return event.listenerAccess === 'open' || canSomewhereIn(actor, 'event:listen', event.id);
}

export function createEvents(db: Db): Events {
	const boothRows = () =>
		db
			.select({ event: events, room: rooms, booth: booths })
			.from(booths)
			.innerJoin(rooms, eq(rooms.id, booths.roomId))
			.innerJoin(events, eq(events.id, rooms.eventId));
	const inOrder = [asc(rooms.position), asc(rooms.id), asc(booths.position), asc(booths.id)];
	const alive = isNull(events.deletedAt);
	const aliveRoom = and(alive, isNull(rooms.deletedAt));
	const aliveBooth = and(aliveRoom, isNull(booths.deletedAt));

	return {
		async event(slug) {
			const [row] = await db
				.select()
				.from(events)
				.where(and(eq(events.slug, slug.toLowerCase()), alive));
			return row ? ok(eventOf(row)) : NOT_FOUND;
		},

		async room(event, room) {
			const [row] = await db
				.select({ event: events, room: rooms })
				.from(rooms)
				.innerJoin(events, eq(events.id, rooms.eventId))
				.where(and(eq(events.slug, event.toLowerCase()), aliveRoom, whichRoom(room)));
			return row ? ok(roomOf(row)) : NOT_FOUND;
		},

		async booth({ event, room, language }) {
			const code = parseLanguage(language);
			if (!code.ok) return NOT_FOUND;
			const [row] = await boothRows().where(
				and(
					eq(events.slug, event.toLowerCase()),
					aliveBooth,
					whichRoom(room),
					eq(sql`lower(${booths.languageCode})`, code.value.toLowerCase())
				)
			);
			return row ? ok(boothOf(row)) : NOT_FOUND;
		},

		async boothById(id) {
			const [row] = await boothRows().where(and(eq(booths.id, id), aliveBooth));
			return row ? ok(boothOf(row)) : NOT_FOUND;
		},

		async booths(event, room) {
			const rows = await boothRows()
				.where(
					and(eq(events.id, event), aliveBooth, room === undefined ? undefined : eq(rooms.id, room))
				)
				.orderBy(...inOrder);
			return floorFirst(rows.map(boothOf));
		},

		async boothsOfAll(wanted) {
			if (wanted.length === 0) return [];
			const rows = await boothRows()
				.where(and(inArray(events.id, [...wanted]), aliveBooth))
				.orderBy(...inOrder);
			return floorFirst(rows.map(boothOf));
		},

		async rooms(event) {
			const rows = await db
				.select({ event: events, room: rooms })
				.from(rooms)
				.innerJoin(events, eq(events.id, rooms.eventId))
				.where(and(eq(events.id, event), aliveRoom))
				.orderBy(asc(rooms.position), asc(rooms.id));
			return rows.map(roomOf);
		},

		async allBooths() {
			return (await boothRows().where(aliveBooth)).map(boothOf);
		},

		async all() {
			return (await db.select().from(events).where(alive).orderBy(asc(events.id))).map(eventOf);
		}
	};
}

function whichRoom(room: string | null) {
	return room === null ? eq(rooms.isMain, true) : eq(rooms.slug, room.toLowerCase());
}

function eventOf(row: typeof events.$inferSelect): FoundEvent {
	const id = eventId(row.id);
	return {
		id,
		slug: row.slug,
		name: row.displayName,
		listenerAccess:
			row.listenerAccess === 'open' || row.listenerAccess === 'invite'
				? row.listenerAccess
				: 'code',
		venueNotes: row.venueNotes,
		scope: { event: id }
	};
}

function roomOf(row: {
	event: typeof events.$inferSelect;
	room: typeof rooms.$inferSelect;
}): FoundRoom {
	const event = eventOf(row.event);
	const id = roomId(row.room.id);
	return {
		event,
		room: {
			id,
			slug: row.room.slug,
			name: row.room.displayName,
			main: row.room.isMain,
			listenerDelayMs: row.room.listenerDelayMs
		},
		scope: { event: event.id, room: id }
	};
}

function boothOf(row: {
	event: typeof events.$inferSelect;
	room: typeof rooms.$inferSelect;
	booth: typeof booths.$inferSelect;
}): FoundBooth {
	const { event, room } = roomOf(row);
	const id = boothId(row.booth.id);
	const language = row.booth.languageCode as LanguageCode;
	return {
		event,
		room,
		booth: { id, language, recordingConsent: row.booth.recordingConsent },
		path: mediaPath({ event: event.slug, room: room.main ? null : room.slug, language }),
		scope: { event: event.id, room: room.id, booth: id }
	};
}

function floorFirst(found: FoundBooth[]): FoundBooth[] {
	const isFloor = (one: FoundBooth) => one.booth.language === FLOOR;
	return [...found.filter(isFloor), ...found.filter((one) => !isFloor(one))];
}
