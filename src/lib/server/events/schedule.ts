import { and, asc, eq, isNull } from 'drizzle-orm';
import type { EventId } from '#lib/domain/ids.ts';
import { parseLanguage } from '#lib/domain/language.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { ScheduleSession } from '#lib/domain/schedule.ts';
import type { EventSchedule } from '#lib/protocol/schedule.ts';
import type { Audit } from '../audit/audit.ts';
import type { Db } from '../db/database.ts';
import { rooms, scheduleSessions } from '../db/schema.ts';
import type { By } from './changes.ts';
import type { FoundEvent, FoundRoom } from './events.ts';
import { instantIn, localIn } from './zoned-time.ts';

/** A session as it is typed; times in the event's zone. */
export type SessionInput = {
	readonly title: string;
	readonly startsAt: string;
	readonly endsAt: string;
	readonly description: string;
	readonly speakers: string;
	readonly interpreters: Readonly<Record<string, string>>;
};

export type SessionRefusal =
	| 'title_missing'
	| 'too_long'
	| 'starts_invalid'
	| 'ends_invalid'
	| 'ends_before_start'
	| 'session_long'
	| 'not_found';

export const TITLE_MAX_LENGTH = 200;
const TEXT_MAX_LENGTH = 5_000;
const SPEAKERS_MAX_LENGTH = 500;
/** A programme is read again after this; a change made here counts at once. */
const REREAD_MS = 10_000;
const NEAR_PAST_MS = 2 * 3600 * 1000;
const NEAR_FUTURE_MS = 36 * 3600 * 1000;
/** Longer is a wrong date. */
const SESSION_MAX_MS = 24 * 3600 * 1000;

/** The programme of an event: who speaks where and when, and who interprets. */
export type Schedule = {
	/** All rooms of the event, by time. */
	list(event: EventId): Promise<ScheduleSession[]>;
	/** The zone in which the event's times are typed and read. */
	zone(event: EventId): Promise<string>;
	/** For listeners and interpreters; asked once for a hall that comes in together. */
	published(event: EventId): Promise<EventSchedule>;
	/** The same, without what is over for hours or more than a day away: it travels with every page. */
	near(event: EventId): Promise<EventSchedule>;
	/** Stores a new session, or replaces the one of that id in this room. */
	save(
		room: FoundRoom,
		id: number | null,
		zone: string,
		input: SessionInput,
		by: By
	): Promise<Result<number, SessionRefusal>>;
	/** Answers what was removed, as it would be typed, so that it can be saved again. */
	remove(
		event: FoundEvent,
		id: number,
		zone: string,
		by: By
	): Promise<Result<SessionInput & { readonly room: string }, 'not_found'>>;
};

export function createSchedule({
	db,
	audit,
	zoneOf,
	now = Date.now
}: {
	db: Db;
	audit: Pick<Audit, 'record'>;
	zoneOf: (event: EventId) => Promise<string>;
	now?: (() => number) | undefined;
}): Schedule {
	const asked = new Map<
		EventId,
		{ at: number; answer: Promise<Omit<EventSchedule, 'serverNow'>> }
	>();

	function ask(event: EventId): Promise<Omit<EventSchedule, 'serverNow'>> {
		const at = now();
		const known = asked.get(event);
		if (known !== undefined && at - known.at < REREAD_MS) return known.answer;
		const answer = Promise.all([zoneOf(event), schedule.list(event)]).then(
			([timeZone, sessions]) => ({ timeZone, sessions })
		);
		asked.set(event, { at, answer });
		// A failure is not kept.
		answer.catch(() => asked.delete(event));
		return answer;
	}

	const schedule: Schedule = {
		zone: zoneOf,

		async published(event) {
			return { ...(await ask(event)), serverNow: now() };
		},

		async near(event) {
			const { timeZone, sessions } = await ask(event);
			const at = now();
			return {
				timeZone,
				sessions: sessions.filter(
					({ startsAt, endsAt }) => endsAt > at - NEAR_PAST_MS && startsAt < at + NEAR_FUTURE_MS
				),
				serverNow: at
			};
		},

		async list(event) {
			const rows = await db
				.select({ session: scheduleSessions, room: { slug: rooms.slug, main: rooms.isMain } })
				.from(scheduleSessions)
				.innerJoin(rooms, eq(rooms.id, scheduleSessions.roomId))
				.where(and(eq(scheduleSessions.eventId, event), isNull(rooms.deletedAt)))
				.orderBy(asc(scheduleSessions.startsAt), asc(rooms.position), asc(scheduleSessions.id));
			return rows.map(({ session, room }) => ({
				id: session.id,
				room: room.main ? null : room.slug,
				startsAt: session.startsAt.getTime(),
				endsAt: session.endsAt.getTime(),
				title: session.title,
				description: session.description,
				speakers: session.speakers,
				interpreters: session.interpreters
			}));
		},

		async save({ event, room, scope }, id, zone, input, by) {
			const checked = checkSession(zone, input);
			if (!checked.ok) return checked;
			const values = { ...checked.value, eventId: event.id, roomId: room.id };
			const [row] =
				id === null
					? await db.insert(scheduleSessions).values(values).returning({ id: scheduleSessions.id })
					: await db
							.update(scheduleSessions)
							.set(values)
							.where(and(eq(scheduleSessions.id, id), eq(scheduleSessions.eventId, event.id)))
							.returning({ id: scheduleSessions.id });
			if (!row) return refuse('not_found', 'This session is gone.');
			await audit.record({
				...by,
				action: 'schedule.changed',
				scope,
				target: values.title,
				details: { did: id === null ? 'added' : 'changed' }
			});
			asked.delete(event.id);
			return ok(row.id);
		},

		async remove(event, id, zone, by) {
			const [row] = await db
				.delete(scheduleSessions)
				.where(and(eq(scheduleSessions.id, id), eq(scheduleSessions.eventId, event.id)))
				.returning();
			if (!row) return refuse('not_found', 'This session is gone.');
			asked.delete(event.id);
			const [room] = await db
				.select({ slug: rooms.slug })
				.from(rooms)
				.where(eq(rooms.id, row.roomId));
			await audit.record({
				...by,
				action: 'schedule.changed',
				scope: event.scope,
				target: row.title,
				details: { did: 'removed' }
			});
			return ok({
				room: room?.slug ?? '',
				title: row.title,
				startsAt: localIn(zone, row.startsAt.getTime()),
				endsAt: localIn(zone, row.endsAt.getTime()),
				description: row.description,
				speakers: row.speakers,
				interpreters: row.interpreters
			});
		}
	};
	return schedule;
}

export type CheckedSession = {
	readonly title: string;
	readonly startsAt: Date;
	readonly endsAt: Date;
	readonly description: string;
	readonly speakers: string;
	readonly interpreters: Record<string, string>;
};

/** What is typed, judged field by field; the first fault is answered. */
export function checkSession(
	zone: string,
	input: SessionInput
): Result<CheckedSession, Exclude<SessionRefusal, 'not_found'>> {
	const title = input.title.trim();
	if (title === '') return refuse('title_missing', 'The session has no title.');
	const speakers = input.speakers.trim();
	const description = input.description.trim();
	if (
		title.length > TITLE_MAX_LENGTH ||
		speakers.length > SPEAKERS_MAX_LENGTH ||
		description.length > TEXT_MAX_LENGTH
	)
		return refuse('too_long', 'A text of the session is too long.');
	const startsAt = instantIn(zone, input.startsAt);
	if (startsAt === null) return refuse('starts_invalid', `"${input.startsAt}" is no time.`);
	const endsAt = instantIn(zone, input.endsAt);
	if (endsAt === null) return refuse('ends_invalid', `"${input.endsAt}" is no time.`);
	if (endsAt <= startsAt) return refuse('ends_before_start', 'The session ends before it begins.');
	if (endsAt - startsAt > SESSION_MAX_MS)
		return refuse('session_long', 'The session is longer than a day.');
	const interpreters: Record<string, string> = {};
	for (const [language, names] of Object.entries(input.interpreters)) {
		const code = parseLanguage(language);
		if (code.ok && names.trim() !== '')
			interpreters[code.value] = names.trim().slice(0, SPEAKERS_MAX_LENGTH);
	}
	return ok({
		title,
		startsAt: new Date(startsAt),
		endsAt: new Date(endsAt),
		description,
		speakers,
		interpreters
	});
}
