import { and, eq, gt, isNotNull, isNull, like, or } from 'drizzle-orm';
import { boothId, eventId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { parseSlug, slugFrom } from '#lib/domain/slug.ts';
import { newJoinCode } from '../auth/secrets.ts';
import { booths, events, memberships, rooms } from '../db/schema.ts';
import { isUniqueViolation } from '../db/unique-violation.ts';
import type { By, ChangeParts, Changes } from './changes.ts';
import { freeSlug, parseName, storeRooms, type NameRefusal, type RoomPlan } from './event-plan.ts';
import type { FoundEvent, ListenerAccess } from './events.ts';
import { UNDO_DAYS, UNDO_MS } from './undo.ts';
import { isTimeZone } from './zoned-time.ts';

export type NewEvent = {
	readonly name: string;
	/** Null: made from the name, with a number when it is taken. */
	readonly slug: string | null;
	readonly timeZone: string;
	readonly startsOn?: string | null;
	readonly endsOn?: string | null;
	readonly listenerAccess?: ListenerAccess;
	readonly rooms: readonly RoomPlan[];
};

/** Days after which each kind is deleted; null keeps it as long as the event. */
export type Retention = Readonly<Record<'captions' | 'chat' | 'feedback' | 'audit', number | null>>;

export type EventSettings = {
	readonly name: string;
	readonly slug: string;
	readonly timeZone: string;
	readonly startsOn: string | null;
	readonly endsOn: string | null;
	readonly venueNotes: string;
	readonly retention: Retention;
};

export type EventRefusal =
	| NameRefusal
	| 'slug_invalid'
	| 'slug_reserved'
	| 'slug_taken'
	| 'time_zone_unknown'
	| 'dates_backwards'
	| 'in_use'
	| 'not_found';

export type OrganiseEvents = {
	/**
	 * Event, rooms, floors, booths and the maker's ownership, or nothing at all. Whether `by` may make events is asked
	 * before; an admin by password has no account and so becomes nobody's owner.
	 */
	createEvent(
		input: NewEvent,
		by: By,
		how?: 'event.created' | 'event.imported' | 'event.copied'
	): Promise<Result<MadeEvent, EventRefusal>>;
	/** Whether no event has this slug, deleted ones included; it may be taken a moment later. */
	isFree(slug: string): Promise<boolean>;
	/** The code that opens the event to listeners; null when none does. For those with `event:access`. */
	joinCode(event: EventId): Promise<string | null>;
	settings(event: EventId): Promise<EventSettings | null>;
	/** Refusal `in_use` when the slug would change under somebody who sits in a booth. */
	changeEvent(
		event: FoundEvent,
		settings: EventSettings,
		by: By
	): Promise<Result<{ slug: string }, EventRefusal>>;
	deleteEvent(event: FoundEvent, by: By): Promise<void>;
	/** An event that is deleted, by its id: only who may manage it there may ask. */
	restoreEvent(id: EventId, by: By): Promise<Result<{ slug: string }, 'not_found'>>;
};

export type MadeEvent = {
	readonly id: EventId;
	readonly slug: string;
	readonly rooms: readonly {
		readonly id: number;
		readonly slug: string;
		readonly booths: number[];
	}[];
};

export function createOrganiseEvents(parts: ChangeParts, changes: Changes): OrganiseEvents {
	const { db } = parts;
	const now = parts.now ?? Date.now;

	return {
		async createEvent(input, by, how = 'event.created') {
			const checked = check(input);
			if (!checked.ok) return checked;
			const wanted = input.slug === null ? null : parseSlug(input.slug);
			if (wanted?.ok === false) return wanted;
			const { name } = checked.value;
			const owner = by.actor.kind === 'user' ? by.actor.user : null;

			const made = await db.transaction(async (tx) => {
				const base = slugFrom(name) ?? 'event';
				const slug = wanted?.value ?? freeSlug(name, 'event', new Set(await slugsLike(tx, base)));
				const [event] = await tx
					.insert(events)
					.values({
						slug,
						displayName: name,
						timeZone: input.timeZone,
						startsOn: input.startsOn ?? null,
						endsOn: input.endsOn ?? null,
						listenerAccess: input.listenerAccess ?? 'code',
						listenerJoinCode: newJoinCode()
					})
					.onConflictDoNothing()
					.returning({ id: events.id });
				if (!event) return null;
				const stored = await storeRooms(tx, event.id, input.rooms, {
					position: 0,
					taken: new Set(),
					main: true
				});
				if (owner !== null)
					await tx.insert(memberships).values({ userId: owner, eventId: event.id, role: 'owner' });
				return { id: eventId(event.id), slug, rooms: stored };
			});
			if (made === null) return slugTaken(wanted?.value ?? '');
			await changes.record(by, how, { event: made.id }, made.slug, {
				rooms: made.rooms.length,
				booths: made.rooms.reduce((sum, room) => sum + room.booths.length, 0)
			});
			await changes.channelsChanged(made.id);
			return ok(made);
		},

		async isFree(slug) {
			const [row] = await db.select({ id: events.id }).from(events).where(eq(events.slug, slug));
			return row === undefined;
		},

		async joinCode(event) {
			const [row] = await db
				.select({ access: events.listenerAccess, code: events.listenerJoinCode })
				.from(events)
				.where(eq(events.id, event));
			return row?.access === 'code' ? row.code : null;
		},

		async settings(event) {
			const [row] = await db.select().from(events).where(eq(events.id, event));
			if (!row) return null;
			return {
				name: row.displayName,
				slug: row.slug,
				timeZone: row.timeZone,
				startsOn: row.startsOn,
				endsOn: row.endsOn,
				venueNotes: row.venueNotes,
				retention: {
					captions: row.captionRetentionDays,
					chat: row.chatRetentionDays,
					feedback: row.feedbackRetentionDays,
					audit: row.auditRetentionDays
				}
			};
		},

		async changeEvent(event, input, by) {
			const checked = check(input);
			if (!checked.ok) return checked;
			const slug = parseSlug(input.slug);
			if (!slug.ok) return slug;
			const moves = slug.value !== event.slug;
			if (moves && changes.inUse(await boothsOf(event.id)))
				return refuse(
					'in_use',
					'Somebody sits in a booth of this event; its address would change under them.'
				);
			// One statement: a slug that was taken meanwhile is a conflict of the database, not of two answers.
			const [other] = await db
				.select({ id: events.id })
				.from(events)
				.where(eq(events.slug, slug.value));
			if (other && other.id !== event.id) return slugTaken(slug.value);
			const { name } = checked.value;
			const changed = await db
				.update(events)
				.set({
					displayName: name,
					slug: slug.value,
					timeZone: input.timeZone,
					startsOn: input.startsOn,
					endsOn: input.endsOn,
					venueNotes: input.venueNotes.trim(),
					captionRetentionDays: input.retention.captions,
					chatRetentionDays: input.retention.chat,
					feedbackRetentionDays: input.retention.feedback,
					auditRetentionDays: input.retention.audit
				})
				.where(and(eq(events.id, event.id), isNull(events.deletedAt)))
				.returning({ id: events.id })
				.catch((error: unknown) => {
					if (isUniqueViolation(error)) return null;
					throw error;
				});
			if (changed === null) return slugTaken(slug.value);
			if (changed.length === 0) return refuse('not_found', 'This event is gone.');
			if (name !== event.name || moves)
				await changes.record(by, 'event.renamed', event.scope, name, {
					...(name === event.name ? {} : { nameBefore: event.name }),
					...(moves ? { slug: slug.value, slugBefore: event.slug } : {})
				});
			await changes.record(by, 'event.settings_changed', event.scope, slug.value, {
				timeZone: input.timeZone,
				retention: { ...input.retention }
			});
			// With the slug the media paths change, and pages of the old address have nothing to ask for any more.
			if (moves) await changes.placesGone(event.id);
			else await changes.channelsChanged(event.id);
			return ok({ slug: slug.value });
		},

		async deleteEvent(event, by) {
			await changes.close(await boothsOf(event.id));
			await db
				.update(events)
				.set({ deletedAt: new Date(now()) })
				.where(and(eq(events.id, event.id), isNull(events.deletedAt)));
			await changes.record(by, 'event.deleted', event.scope, event.slug, { undoDays: UNDO_DAYS });
			await changes.placesGone(event.id);
		},

		async restoreEvent(id, by) {
			const [row] = await db
				.update(events)
				.set({ deletedAt: null })
				.where(
					and(
						eq(events.id, id),
						isNotNull(events.deletedAt),
						gt(events.deletedAt, new Date(now() - UNDO_MS))
					)
				)
				.returning({ slug: events.slug });
			if (!row) return refuse('not_found', 'There is no such event that could be brought back.');
			await changes.open(await boothsOf(id));
			await changes.record(by, 'event.restored', { event: id }, row.slug);
			await changes.channelsChanged(id);
			return ok(row);
		}
	};

	/** Those that are not themselves deleted. */
	async function boothsOf(event: EventId): Promise<BoothId[]> {
		const rows = await db
			.select({ id: booths.id })
			.from(booths)
			.innerJoin(rooms, eq(rooms.id, booths.roomId))
			.where(and(eq(booths.eventId, event), isNull(booths.deletedAt), isNull(rooms.deletedAt)));
		return rows.map(({ id }) => boothId(id));
	}
}

function check(input: {
	name: string;
	timeZone: string;
	startsOn?: string | null;
	endsOn?: string | null;
}): Result<{ name: string }, EventRefusal> {
	const name = parseName(input.name);
	if (!name.ok) return name;
	if (!isTimeZone(input.timeZone))
		return refuse('time_zone_unknown', `"${input.timeZone}" is not a time zone.`);
	const { startsOn, endsOn } = input;
	if (startsOn && endsOn && endsOn < startsOn)
		return refuse('dates_backwards', 'The event ends before it begins.');
	return ok({ name: name.value });
}

function slugTaken(slug: string) {
	return refuse(
		'slug_taken',
		`Another event has the address "${slug}", or had it in the last ${UNDO_DAYS} days.`
	);
}

/** Slugs that a numbered one could collide with, deleted events included. */
async function slugsLike(tx: Pick<ChangeParts['db'], 'select'>, base: string): Promise<string[]> {
	// A long base is cut before its number, so look for what begins alike.
	const start = base.slice(0, 56);
	const rows = await tx
		.select({ slug: events.slug })
		.from(events)
		.where(or(eq(events.slug, base), like(events.slug, `${start}%`)));
	return rows.map(({ slug }) => slug);
}
