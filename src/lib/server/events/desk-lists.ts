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
import { can, type Actor, type Permission } from '#lib/domain/access/policy.ts';
import { canSomewhereIn } from '#lib/domain/access/policy.ts';
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

/** What the desk's lists show. Each is one or two statements, however many rows there are. */
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

/** Spelled out: of a query on one table Drizzle names columns alone, and inside a subquery `id` is another one. */
const THIS_EVENT = sql.raw('"events"."id"');
const SPEAKS = sql`${booths.state} -> 'phase' ->> 'kind' in ('live', 'handing-over')`;

export function createDeskLists(db: Db, now: () => number = Date.now): DeskLists {
	const booth = (extra: SQL) =>
		sql<number>`(select count(*)::int from ${booths} where ${booths.eventId} = ${THIS_EVENT}
			and ${booths.deletedAt} is null and ${booths.languageCode} <> ${FLOOR} and ${extra}
			and exists (select 1 from ${rooms} where ${rooms.id} = ${booths.roomId} and ${rooms.deletedAt} is null))`;
	const listed = {
		id: events.id,
		slug: events.slug,
		name: events.displayName,
		startsOn: events.startsOn,
		endsOn: events.endsOn,
		rooms: sql<number>`(select count(*)::int from ${rooms} where ${rooms.eventId} = ${THIS_EVENT} and ${rooms.deletedAt} is null)`,
		booths: booth(sql`true`),
		onAir: booth(SPEAKS)
	};

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
			const [rows, [count]] = await Promise.all([
				db
					.select(listed)
					.from(events)
					.where(where)
					.orderBy(way(by), way(events.id))
					.limit(EVENTS_PER_PAGE)
					.offset((page - 1) * EVENTS_PER_PAGE),
				db
					.select({ total: sql<number>`count(*)::int` })
					.from(events)
					.where(where)
			]);
			return { rows: rows.map(branded), total: count?.total ?? 0 };
		},

		async mine(actor, limit) {
			const rows = await db
				.select({
					...listed,
					people: sql<number>`(select count(*)::int from ${memberships} where ${memberships.eventId} = ${THIS_EVENT} and ${memberships.role} = 'interpreter')
						+ (select count(*)::int from ${invites} where ${invites.eventId} = ${THIS_EVENT} and ${invites.role} = 'interpreter' and ${invites.revokedAt} is null)`,
					sessions: sql<number>`(select count(*)::int from ${scheduleSessions} where ${scheduleSessions.eventId} = ${THIS_EVENT})`
				})
				.from(events)
				.where(and(isNull(events.deletedAt), seen(actor, 'event:view')))
				.orderBy(desc(events.id))
				.limit(limit);
			return rows.map(branded);
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
			const [rows, [count]] = await Promise.all([
				db
					.select({ id: events.id, slug: events.slug, name: events.displayName })
					.from(events)
					.where(where)
					.orderBy(desc(events.id))
					.limit(limit),
				db
					.select({ total: sql<number>`count(*)::int` })
					.from(events)
					.where(where)
			]);
			return { rows: rows.map(branded), total: count?.total ?? 0 };
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

function branded<T extends { id: number }>(row: T): Omit<T, 'id'> & { id: EventId } {
	return { ...row, id: eventId(row.id) };
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
