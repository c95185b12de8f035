import { and, asc, eq, isNull, ne } from 'drizzle-orm';
import type { EventId } from '#lib/domain/ids.ts';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import { ok, type Result } from '#lib/domain/result.ts';
import type { Audit } from '../audit/audit.ts';
import type { Db } from '../db/database.ts';
import { booths, events, rooms, scheduleSessions } from '../db/schema.ts';
import type { By } from './changes.ts';
import { EVENT_FILE_VERSION, typed, type EventFile } from './event-file.ts';
import { NAME_MAX_LENGTH } from './event-plan.ts';
import type { FoundEvent } from './events.ts';
import type { EventRefusal, MadeEvent, OrganiseEvents } from './organise-events.ts';
import { checkSession } from './schedule.ts';
import { localIn } from './zoned-time.ts';

export type EventCopy = {
	/** The event as a file, without secrets and people; recorded. */
	exportEvent(event: FoundEvent, by: By): Promise<EventFile>;
	/** Makes an event of a file; the maker owns it. */
	importEvent(file: EventFile, by: By): Promise<Result<MadeEvent, EventRefusal>>;
	/** Rooms, languages and settings of an event under another name; no people, no codes. */
	copyEvent(
		event: FoundEvent,
		input: { name: string; slug: string | null; schedule: boolean },
		by: By
	): Promise<Result<MadeEvent, EventRefusal>>;
};

export function createEventCopy({
	db,
	audit,
	organise
}: {
	db: Db;
	audit: Pick<Audit, 'record'>;
	organise: Pick<OrganiseEvents, 'createEvent'>;
}): EventCopy {
	return {
		async exportEvent(event, by) {
			const file = await read(event.id);
			await audit.record({
				...by,
				action: 'event.exported',
				scope: event.scope,
				target: event.slug
			});
			return file;
		},

		importEvent: (file, by) => make(file, file.slug, by, 'event.imported'),

		async copyEvent(event, { name, slug, schedule }, by) {
			const file = await read(event.id);
			return make(
				{
					...file,
					name: name.slice(0, NAME_MAX_LENGTH),
					rooms: file.rooms.map((room) => ({ ...room, sessions: schedule ? room.sessions : [] }))
				},
				slug,
				by,
				'event.copied'
			);
		}
	};

	async function make(
		file: EventFile,
		slug: string | null,
		by: By,
		how: 'event.imported' | 'event.copied'
	): Promise<Result<MadeEvent, EventRefusal>> {
		const made = await organise.createEvent(
			{
				name: file.name,
				slug,
				timeZone: file.timeZone,
				startsOn: file.startsOn,
				endsOn: file.endsOn,
				listenerAccess: file.listenerAccess,
				rooms: file.rooms.map(({ name, slug, languages }) => ({ name, slug, languages }))
			},
			by,
			how
		);
		if (!made.ok) return made;
		const { captions, chat, feedback, audit: record } = file.retentionDays;
		await db
			.update(events)
			.set({
				venueNotes: file.venueNotes,
				...(captions === undefined ? {} : { captionRetentionDays: captions }),
				...(chat === undefined ? {} : { chatRetentionDays: chat }),
				...(feedback === undefined ? {} : { feedbackRetentionDays: feedback }),
				...(record === undefined ? {} : { auditRetentionDays: record })
			})
			.where(eq(events.id, made.value.id));
		const sessions = file.rooms.flatMap((room, index) =>
			room.sessions.flatMap((each) => {
				const checked = checkSession(file.timeZone, typed(each));
				const roomId = made.value.rooms[index]?.id;
				return checked.ok && roomId !== undefined
					? [{ ...checked.value, eventId: made.value.id, roomId }]
					: [];
			})
		);
		if (sessions.length > 0) await db.insert(scheduleSessions).values(sessions);
		return ok(made.value);
	}

	/** Four statements, however large the event is. */
	async function read(id: EventId): Promise<EventFile> {
		const [[event], roomRows, boothRows, sessionRows] = await Promise.all([
			db.select().from(events).where(eq(events.id, id)),
			db
				.select()
				.from(rooms)
				.where(and(eq(rooms.eventId, id), isNull(rooms.deletedAt)))
				.orderBy(asc(rooms.position), asc(rooms.id)),
			db
				.select({ room: booths.roomId, language: booths.languageCode })
				.from(booths)
				.where(
					and(eq(booths.eventId, id), isNull(booths.deletedAt), ne(booths.languageCode, FLOOR))
				)
				.orderBy(asc(booths.position), asc(booths.id)),
			db
				.select()
				.from(scheduleSessions)
				.where(eq(scheduleSessions.eventId, id))
				.orderBy(asc(scheduleSessions.startsAt), asc(scheduleSessions.id))
		]);
		if (!event) throw new Error('the event was there a moment ago');
		return {
			format: 'voxbento-event',
			version: EVENT_FILE_VERSION,
			name: event.displayName,
			slug: event.slug,
			timeZone: event.timeZone,
			startsOn: event.startsOn,
			endsOn: event.endsOn,
			venueNotes: event.venueNotes,
			listenerAccess:
				event.listenerAccess === 'open' || event.listenerAccess === 'invite'
					? event.listenerAccess
					: 'code',
			retentionDays: {
				captions: event.captionRetentionDays,
				chat: event.chatRetentionDays,
				feedback: event.feedbackRetentionDays,
				audit: event.auditRetentionDays
			},
			rooms: [...roomRows]
				.sort((a, b) => Number(b.isMain) - Number(a.isMain))
				.map((room) => ({
					name: room.displayName,
					slug: room.slug,
					languages: boothRows
						.filter((booth) => booth.room === room.id)
						.map(({ language }) => language as LanguageCode),
					sessions: sessionRows
						.filter((session) => session.roomId === room.id)
						.map((session) => ({
							title: session.title,
							starts: localIn(event.timeZone, session.startsAt.getTime()),
							ends: localIn(event.timeZone, session.endsAt.getTime()),
							description: session.description,
							speakers: session.speakers,
							interpreters: session.interpreters
						}))
				}))
		};
	}
}
