import { and, asc, eq, gt, isNotNull, isNull } from 'drizzle-orm';
import { boothId, roomId, type BoothId, type EventId, type RoomId } from '#lib/domain/ids.ts';
import type { LanguageCode } from '#lib/domain/language.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { parseSlug } from '#lib/domain/slug.ts';
import { booths, events, rooms } from '../db/schema.ts';
import { isUniqueViolation } from '../db/unique-violation.ts';
import type { By, ChangeParts, Changes, Tx } from './changes.ts';
import {
	BOOTHS_PER_ROOM_MAX,
	parseName,
	ROOMS_MAX,
	storeRooms,
	type NameRefusal
} from './event-plan.ts';
import type { FoundEvent, FoundRoom } from './events.ts';
import { UNDO_MS } from './undo.ts';

export type RoomRefusal =
	| NameRefusal
	| 'slug_invalid'
	| 'slug_reserved'
	| 'slug_taken'
	| 'in_use'
	| 'room_is_main'
	| 'too_many'
	| 'not_found';

export type OrganiseRooms = {
	/** A room with its floor and booths. `slug` null: made from the name. */
	addRoom(
		event: FoundEvent,
		input: { name: string; slug: string | null; languages: readonly LanguageCode[] },
		by: By
	): Promise<Result<{ slug: string }, RoomRefusal>>;
	changeRoom(
		room: FoundRoom,
		input: { name: string; slug: string },
		by: By
	): Promise<Result<{ slug: string }, RoomRefusal>>;
	/** One place up or down in the event's order. */
	moveRoom(room: FoundRoom, way: 'up' | 'down', by: By): Promise<void>;
	/** The main room stays as long as its event: the media paths of its booths have no room in them. */
	deleteRoom(room: FoundRoom, by: By): Promise<Result<void, 'room_is_main'>>;
	restoreRoom(
		event: FoundEvent,
		room: RoomId,
		by: By
	): Promise<Result<{ slug: string }, 'not_found'>>;
	/** Rooms that can still be brought back. */
	deletedRooms(event: EventId): Promise<{ id: RoomId; name: string; deletedAt: Date }[]>;
};

export function createOrganiseRooms(parts: ChangeParts, changes: Changes): OrganiseRooms {
	const { db } = parts;
	const now = parts.now ?? Date.now;
	const recently = () =>
		and(isNotNull(rooms.deletedAt), gt(rooms.deletedAt, new Date(now() - UNDO_MS)));

	return {
		async addRoom(event, input, by) {
			const name = parseName(input.name);
			if (!name.ok) return name;
			const slug = input.slug === null ? null : parseSlug(input.slug);
			if (slug?.ok === false) return slug;
			if (input.languages.length > BOOTHS_PER_ROOM_MAX) return tooMany();
			const added = await db.transaction(async (tx) => {
				// Two rooms added at once would take the same place and the same name.
				await lockEvent(tx, event.id);
				const there = await tx
					.select({ slug: rooms.slug, position: rooms.position, deletedAt: rooms.deletedAt })
					.from(rooms)
					.where(eq(rooms.eventId, event.id));
				if (there.filter(({ deletedAt }) => deletedAt === null).length >= ROOMS_MAX)
					return tooMany();
				const taken = new Set(there.map((room) => room.slug));
				if (slug && taken.has(slug.value)) return slugTaken(slug.value);
				const [stored] = await storeRooms(
					tx,
					event.id,
					[{ name: name.value, slug: slug?.value ?? null, languages: input.languages }],
					{
						position: 1 + Math.max(-1, ...there.map(({ position }) => position)),
						taken,
						main: there.length === 0
					}
				);
				if (!stored) throw new Error('the room was not stored');
				return ok(stored);
			});
			if (!added.ok) return added;
			const { id, slug: made } = added.value;
			await changes.record(by, 'room.created', { event: event.id, room: roomId(id) }, name.value, {
				slug: made,
				languages: input.languages.join(' ')
			});
			await changes.channelsChanged(event.id);
			return ok({ slug: made });
		},

		async changeRoom({ event, room, scope }, input, by) {
			const name = parseName(input.name);
			if (!name.ok) return name;
			const slug = parseSlug(input.slug);
			if (!slug.ok) return slug;
			const moves = slug.value !== room.slug;
			if (moves && changes.inUse(await boothsOf(room.id)))
				return refuse('in_use', 'Somebody sits in a booth of this room.');
			const changed = await db
				.update(rooms)
				.set({ displayName: name.value, slug: slug.value })
				.where(and(eq(rooms.id, room.id), eq(rooms.eventId, event.id), isNull(rooms.deletedAt)))
				.returning({ id: rooms.id })
				.catch((error: unknown) => {
					if (isUniqueViolation(error)) return null;
					throw error;
				});
			if (changed === null) return slugTaken(slug.value);
			if (changed.length === 0) return refuse('not_found', 'This room is gone.');
			await changes.record(by, 'room.renamed', scope, name.value, {
				...(name.value === room.name ? {} : { nameBefore: room.name }),
				...(moves ? { slug: slug.value, slugBefore: room.slug } : {})
			});
			await changes.channelsChanged(event.id);
			return ok({ slug: slug.value });
		},

		async moveRoom({ event, room, scope }, way, by) {
			const moved = await db.transaction(async (tx) => {
				await lockEvent(tx, event.id);
				const order = await tx
					.select({ id: rooms.id, position: rooms.position })
					.from(rooms)
					.where(and(eq(rooms.eventId, event.id), isNull(rooms.deletedAt)))
					.orderBy(asc(rooms.position), asc(rooms.id));
				return swapped(order, room.id, way, (id, position) =>
					tx.update(rooms).set({ position }).where(eq(rooms.id, id))
				);
			});
			if (!moved) return;
			await changes.record(by, 'room.changed', scope, room.name, { moved: way });
			await changes.channelsChanged(event.id);
		},

		async deleteRoom({ event, room, scope }, by) {
			if (room.main)
				return refuse('room_is_main', 'The main room goes with its event. Rename it instead.');
			await changes.close(await boothsOf(room.id));
			await db
				.update(rooms)
				.set({ deletedAt: new Date(now()) })
				.where(and(eq(rooms.id, room.id), eq(rooms.eventId, event.id), isNull(rooms.deletedAt)));
			await changes.record(by, 'room.deleted', scope, room.name);
			await changes.placesGone(event.id);
			return ok(undefined);
		},

		async restoreRoom(event, id, by) {
			const [row] = await db
				.update(rooms)
				.set({ deletedAt: null })
				.where(and(eq(rooms.id, id), eq(rooms.eventId, event.id), recently()))
				.returning({ slug: rooms.slug, name: rooms.displayName });
			if (!row) return refuse('not_found', 'There is no such room that could be brought back.');
			await changes.open(await boothsOf(id));
			await changes.record(by, 'room.changed', { event: event.id, room: id }, row.name, {
				restored: true
			});
			await changes.channelsChanged(event.id);
			return ok({ slug: row.slug });
		},

		async deletedRooms(event) {
			const rows = await db
				.select({ id: rooms.id, name: rooms.displayName, deletedAt: rooms.deletedAt })
				.from(rooms)
				.where(and(eq(rooms.eventId, event), recently()))
				.orderBy(asc(rooms.id));
			return rows.flatMap(({ id, name, deletedAt }) =>
				deletedAt === null ? [] : [{ id: roomId(id), name, deletedAt }]
			);
		}
	};

	async function boothsOf(room: RoomId): Promise<BoothId[]> {
		const rows = await db
			.select({ id: booths.id })
			.from(booths)
			.where(and(eq(booths.roomId, room), isNull(booths.deletedAt)));
		return rows.map(({ id }) => boothId(id));
	}
}

/** Changes of one event's order and names are made one after the other. */
export async function lockEvent(tx: Tx, event: EventId): Promise<void> {
	await tx.select({ id: events.id }).from(events).where(eq(events.id, event)).for('update');
}

/** Gives two neighbours each other's place and mends an order that had gaps or equals; false at an end of it. */
export async function swapped(
	order: readonly { id: number; position: number }[],
	id: number,
	way: 'up' | 'down',
	place: (id: number, position: number) => Promise<unknown>
): Promise<boolean> {
	const at = order.findIndex((each) => each.id === id);
	const to = at + (way === 'up' ? -1 : 1);
	const [moved, other] = [order[at], order[to]];
	if (moved === undefined || other === undefined) return false;
	const after = [...order];
	after[at] = other;
	after[to] = moved;
	for (const [position, each] of after.entries())
		if (each.position !== position) await place(each.id, position);
	return true;
}

function slugTaken(slug: string) {
	return refuse('slug_taken', `Another room of this event has the address "${slug}".`);
}

function tooMany() {
	return refuse(
		'too_many',
		`An event has at most ${ROOMS_MAX} rooms of ${BOOTHS_PER_ROOM_MAX} booths.`
	);
}
