import { can, type Actor, type Scope } from '#lib/domain/access/policy.ts';
import { boothId, roomId, type EventId, type RoomId } from '#lib/domain/ids.ts';
import type { LanguageCode } from '#lib/domain/language.ts';
import type { Events, FoundEvent } from '../events/events.ts';

/** A place of an event as a form names it: `event`, `room:12` or `booth:34`. */
export type PlaceKey = string;

/** A place somebody may give roles at, or that a row stands for. */
export type Place = {
	readonly key: PlaceKey;
	readonly scope: Scope;
	/** Null for the whole event. */
	readonly room: { readonly slug: string; readonly name: string; readonly main: boolean } | null;
	readonly language: LanguageCode | null;
};

/** Every place of one event, by its key; an id of another event is in none of them. */
export type Places = {
	readonly all: readonly Place[];
	byKey(key: string): Place | null;
	of(row: { eventId: number; roomId: number | null; boothId: number | null }): Place | null;
};

export function placeKey(scope: Scope): PlaceKey {
	if (scope.booth !== undefined) return `booth:${scope.booth}`;
	return scope.room === undefined ? 'event' : `room:${scope.room}`;
}

/** Two queries, however large the event. The event first, then each room followed by its booths. */
export async function placesOf(
	events: Pick<Events, 'rooms' | 'booths'>,
	event: FoundEvent
): Promise<Places> {
	const [rooms, booths] = await Promise.all([events.rooms(event.id), events.booths(event.id)]);
	const all: Place[] = [
		{ key: 'event', scope: event.scope, room: null, language: null },
		...rooms.flatMap(({ room, scope }) => [
			{ key: placeKey(scope), scope, room, language: null },
			...booths
				.filter((each) => each.room.id === room.id)
				.map(({ booth, scope: at }) => ({
					...{ key: placeKey(at), scope: at, room, language: booth.language }
				}))
		])
	];
	const keyed = new Map(all.map((place) => [place.key, place]));
	return {
		all,
		byKey: (key) => keyed.get(key) ?? null,
		of: (row) => {
			if (row.eventId !== event.id) return null;
			return keyed.get(placeKey(scopeOf(event.id, row.roomId, row.boothId))) ?? null;
		}
	};
}

export function scopeOf(event: EventId, room: number | null, booth: number | null): Scope {
	return {
		event,
		...(room === null ? {} : { room: roomId(room) }),
		...(booth === null ? {} : { booth: boothId(booth) })
	};
}

/** Which rows of an event somebody sees: all of them, or those of the rooms they coordinate and their booths. */
export type Sight = 'all' | { readonly rooms: readonly RoomId[] };

export function sightOf(actor: Actor, event: FoundEvent, places: Places): Sight {
	if (can(actor, 'event:people', event.scope)) return 'all';
	const rooms = places.all.flatMap(({ scope }) =>
		scope.room !== undefined && scope.booth === undefined && can(actor, 'room:people', scope)
			? [scope.room]
			: []
	);
	return { rooms };
}
