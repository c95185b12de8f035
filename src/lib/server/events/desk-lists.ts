import {
	and,
	asc,
	desc,
	eq,
	ilike,
	inArray,
	isNotNull,
	isNull,
	gt,
	ne,
	or,
	sql,
	type SQL
} from 'drizzle-orm';
import { can, canSomewhereIn, type Actor, type Permission } from '#lib/domain/access/policy.ts';
import { eventId, type EventId } from '#lib/domain/ids.ts';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import type { Db } from '../db/database.ts';
import { booths, events, invites, memberships, rooms, scheduleSessions } from '../db/schema.ts';
import { UNDO_MS } from './undo.ts';

/** One event in a list. */
export type ListedEvent = {
	readonly id: EventId;
	readonly slug: string;
	readonly name: string;
	readonly startsOn: string | null;
	readonly endsOn: string | null;
	readonly rooms: number;
	/** Booths of languages; the floor is not one of them. */
	readonly booths: number;
	/** Booths with a voice on air. */
	readonly onAir: number;
};

export type EventSort = 'name' | 'date' | 'created';
export type EventQuery = {
	readonly search: string;
	readonly sort: EventSort;
	readonly descending: boolean;
	/** From 1. */
	readonly page: number;
};

/** A voice on air somewhere. */
export type OnAir = {
	readonly event: { readonly slug: string; readonly name: string };
	readonly room: { readonly slug: string; readonly name: string; readonly main: boolean };
	readonly language: LanguageCode;
	readonly since: number | null;
	readonly name: string;
};

/** What an event still lacks before people can use it. */
export type Readiness = ListedEvent & {
	readonly people: number;
	readonly sessions: number;
};

/** What the desk's lists show. Each is a fixed number of statements, however many rows there are. */
export type DeskLists = {
	events(actor: Actor, query: EventQuery): Promise<{ rows: ListedEvent[]; total: number }>;
	/** The newest events of a person, with what they lack. */
	mine(actor: Actor, limit: number): Promise<Readiness[]>;
	onAir(actor: Actor, limit: number): Promise<OnAir[]>;
	/** The newest events a person may at least listen to, and how many there are. */
	reachable(
		actor: Actor,
		limit: number
	): Promise<{ rows: { id: EventId; slug: string; name: string }[]; total: number }>;
	/** Events that can be brought back, of those the person may manage. */
	deleted(actor: Actor): Promise<{ id: EventId; slug: string; name: string; deletedAt: Date }[]>;
};

export const EVENTS_PER_PAGE = 25;

const SPEAKS = sql`${booths.state} -> 'phase' ->> 'kind' in ('live', 'handing-over')`;

export function createDeskLists(db: Db, now: () => number = Date.now): DeskLists {
	const listed = {
		id: events.id,
		slug: events.slug,
		name: events.displayName,
		startsOn: events.startsOn,
		endsOn: events.endsOn
	};
	const count = sql<number>`count(*)::int`;

	/** Rooms, booths and voices of the listed events: two statements, whatever their number. */
	async function counted<T extends { id: number }>(rows: T[]) {
		const ids = rows.map(({ id }) => id);
		if (ids.length === 0) return [];
		const [ofRooms, ofBooths] = await Promise.all([
			db
				.select({ event: rooms.eventId, rooms: count })
				.from(rooms)
				.where(and(inArray(rooms.eventId, ids), isNull(rooms.deletedAt)))
				.groupBy(rooms.eventId),
			db
				.select({
					event: booths.eventId,
					booths: count,
					onAir: sql<number>`(count(*) filter (where ${SPEAKS}))::int`
				})
				.from(booths)
				.innerJoin(rooms, eq(rooms.id, booths.roomId))
				.where(
					and(
						inArray(booths.eventId, ids),
						ne(booths.languageCode, FLOOR),
						isNull(booths.deletedAt),
						isNull(rooms.deletedAt)
					)
				)
				.groupBy(booths.eventId)
		]);
		return rows.map((row) => {
			const own = ofBooths.find(({ event }) => event === row.id);
			return {
				...row,
				id: eventId(row.id),
				rooms: ofRooms.find(({ event }) => event === row.id)?.rooms ?? 0,
				booths: own?.booths ?? 0,
				onAir: own?.onAir ?? 0
			};
		});
	}

	async function countsOf(
		table: typeof memberships | typeof invites | typeof scheduleSessions,
		ids: readonly number[],
		where: SQL | undefined
	): Promise<ReadonlyMap<number, number>> {
		if (ids.length === 0) return new Map();
		const rows = await db
			.select({ event: table.eventId, count })
			.from(table)
			.where(and(inArray(table.eventId, [...ids]), where))
			.groupBy(table.eventId);
		return new Map(rows.map((row) => [row.event, row.count]));
	}

	return {
		async events(actor, { search, sort, descending, page }) {
			const where = and(
				isNull(events.deletedAt),
				seen(actor, 'event:view'),
				search === ''
					? undefined
					: or(
							ilike(events.displayName, `%${escaped(search)}%`),
							ilike(events.slug, `%${escaped(search)}%`)
						)
			);
			const by = {
				name: sql`lower(${events.displayName})`,
				date: sql`coalesce(${events.startsOn}, ${events.createdAt}::date)`,
				created: events.createdAt
			}[sort];
			const way = descending ? desc : asc;
			const [rows, [all]] = await Promise.all([
				db
					.select(listed)
					.from(events)
					.where(where)
					.orderBy(way(by), way(events.id))
					.limit(EVENTS_PER_PAGE)
					.offset((page - 1) * EVENTS_PER_PAGE),
				db.select({ total: count }).from(events).where(where)
			]);
			return { rows: await counted(rows), total: all?.total ?? 0 };
		},

		async mine(actor, limit) {
			const found = await db
				.select(listed)
				.from(events)
				.where(and(isNull(events.deletedAt), seen(actor, 'event:view')))
				.orderBy(desc(events.id))
				.limit(limit);
			const ids = found.map(({ id }) => id);
			const [rows, members, invited, sessions] = await Promise.all([
				counted(found),
				countsOf(memberships, ids, eq(memberships.role, 'interpreter')),
				countsOf(invites, ids, and(eq(invites.role, 'interpreter'), isNull(invites.revokedAt))),
				countsOf(scheduleSessions, ids, undefined)
			]);
			return rows.map((row) => ({
				...row,
				people: (members.get(row.id) ?? 0) + (invited.get(row.id) ?? 0),
				sessions: sessions.get(row.id) ?? 0
			}));
		},

		async onAir(actor, limit) {
			const rows = await db
				.select({
					event: { slug: events.slug, name: events.displayName },
					room: { slug: rooms.slug, name: rooms.displayName, main: rooms.isMain },
					language: booths.languageCode,
					state: booths.state
				})
				.from(booths)
				.innerJoin(rooms, eq(rooms.id, booths.roomId))
				.innerJoin(events, eq(events.id, booths.eventId))
				.where(
					and(
						SPEAKS,
						ne(booths.languageCode, FLOOR),
						isNull(booths.deletedAt),
						isNull(rooms.deletedAt),
						isNull(events.deletedAt),
						seen(actor, 'event:view')
					)
				)
				.orderBy(asc(events.id), asc(rooms.position), asc(booths.position))
				.limit(limit);
			return rows.map(({ language, state: { phase }, ...place }) => ({
				...place,
				language: language as LanguageCode,
				since: 'since' in phase ? phase.since : null,
				name: 'active' in phase ? phase.active.name : ''
			}));
		},

		async reachable(actor, limit) {
			const where = and(isNull(events.deletedAt), seen(actor, 'event:listen'));
			const [rows, [all]] = await Promise.all([
				db
					.select({ id: events.id, slug: events.slug, name: events.displayName })
					.from(events)
					.where(where)
					.orderBy(desc(events.id))
					.limit(limit),
				db.select({ total: count }).from(events).where(where)
			]);
			return {
				rows: rows.map((row) => ({ ...row, id: eventId(row.id) })),
				total: all?.total ?? 0
			};
		},

		async deleted(actor) {
			const rows = await db
				.select({
					id: events.id,
					slug: events.slug,
					name: events.displayName,
					deletedAt: events.deletedAt
				})
				.from(events)
				.where(
					and(
						isNotNull(events.deletedAt),
						gt(events.deletedAt, new Date(now() - UNDO_MS)),
						seen(actor, 'event:manage')
					)
				)
				.orderBy(desc(events.deletedAt))
				.limit(100);
			return rows.flatMap(({ deletedAt, ...row }) =>
				deletedAt === null ? [] : [{ ...row, id: eventId(row.id), deletedAt }]
			);
		}
	};
}

/** Only what a person may see: everything for who may so on the platform, else the events of their grants. */
function seen(actor: Actor, permission: Permission): SQL | undefined {
	if (can(actor, permission, 'platform')) return undefined;
	const ids = placesOf(actor).filter((event) => canSomewhereIn(actor, permission, event));
	return ids.length === 0 ? sql`false` : inArray(events.id, ids);
}

function placesOf(actor: Actor): EventId[] {
	if (actor.kind === 'anonymous') return [];
	return [...new Set(actor.grants.flatMap(({ at }) => (at === 'platform' ? [] : [at.event])))];
}

/** What a person types is searched as it stands. */
function escaped(text: string): string {
	return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
