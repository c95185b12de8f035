import { and, eq, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import { eventId, type EventId } from '#lib/domain/ids.ts';
import type { Audit } from '../audit/audit.ts';
import { newJoinCode } from '../auth/secrets.ts';
import type { Db } from '../db/database.ts';
import { events } from '../db/schema.ts';
import type { ListenerAccess } from '../events/events.ts';
import type { Log } from '../log.ts';
import type { By } from './members.ts';
import { repeating } from '../repeating.ts';

/** A code that was replaced still opens for this long: it is on paper and on the screens of the hall. */
export const FORMER_CODE_MS = 15 * 60_000;
/** How often a code can be replaced by itself; null is "only by hand". */
export const ROTATION_HOURS = [1, 2, 4, 8, 12, 24] as const;
const LOOK_EVERY_MS = 60_000;

export type AccessSettings = {
	readonly access: ListenerAccess;
	/** Null until one was needed. */
	readonly code: string | null;
	readonly since: Date;
	readonly everyHours: number | null;
	/** Until when the former code opens; null when there is none that does. */
	readonly formerUntil: Date | null;
};

/** How listeners come into an event. */
export type ListenerDoor = {
	settings(event: EventId): Promise<AccessSettings>;
	/** Changes the way in. Who came by a code is out when it is not the way any more. */
	change(
		by: By,
		event: EventId,
		wish: { readonly access: ListenerAccess; readonly everyHours: number | null }
	): Promise<void>;
	/**
	 * A new code. Listeners who are in stay in, unless `everybodyAnew`: then all of them need the new code, and
	 * the old one stops at once.
	 */
	rotate(by: By | 'portal', event: EventId, everybodyAnew?: boolean): Promise<void>;
	/** Replaces the codes whose time has come; of several portals one does it. @returns how many */
	rotateDue(): Promise<number>;
	/** Looks every minute for codes whose time has come. */
	start(): void;
	stop(): Promise<void>;
};

export function createListenerDoor({
	db,
	audit,
	rights,
	log,
	now = Date.now
}: {
	db: Db;
	audit: Pick<Audit, 'record'>;
	rights: { changed(what: { event: EventId }): Promise<void> };
	log: Log;
	now?: () => number;
}): ListenerDoor {
	/** One that opens no other event, also not as its former code. */
	async function freshCode(): Promise<string> {
		for (;;) {
			const code = newJoinCode();
			const [taken] = await db
				.select({ id: events.id })
				.from(events)
				.where(or(eq(events.listenerJoinCode, code), eq(events.formerJoinCode, code)))
				.limit(1);
			if (!taken) return code;
		}
	}

	/** @param seen the code that is replaced: if another portal was quicker, nothing happens */
	async function replace(
		event: EventId,
		seen: string | null,
		everybodyAnew: boolean
	): Promise<boolean> {
		const changed = await db
			.update(events)
			.set({
				listenerJoinCode: await freshCode(),
				joinCodeSince: new Date(now()),
				formerJoinCode: everybodyAnew ? null : seen,
				formerJoinCodeUntil: everybodyAnew ? null : new Date(now() + FORMER_CODE_MS),
				...(everybodyAnew ? { listenerEpoch: sql`${events.listenerEpoch} + 1` } : {})
			})
			.where(
				and(
					eq(events.id, event),
					seen === null ? isNull(events.listenerJoinCode) : eq(events.listenerJoinCode, seen)
				)
			)
			.returning({ id: events.id });
		return changed.length > 0;
	}

	async function read(event: EventId) {
		const [row] = await db.select().from(events).where(eq(events.id, event));
		if (!row) throw new Error(`there is no event ${event}`);
		return row;
	}

	const door: ListenerDoor = {
		async settings(event) {
			const row = await read(event);
			const until = row.formerJoinCode === null ? null : row.formerJoinCodeUntil;
			return {
				access: accessOf(row.listenerAccess),
				code: row.listenerJoinCode,
				since: row.joinCodeSince,
				everyHours: row.joinCodeHours,
				formerUntil: until !== null && until.getTime() > now() ? until : null
			};
		},

		async change(by, event, { access, everyHours }) {
			const before = await read(event);
			await db
				.update(events)
				.set({ listenerAccess: access, joinCodeHours: everyHours })
				.where(eq(events.id, event));
			if (access === 'code' && before.listenerJoinCode === null) await replace(event, null, true);
			const details = { from: before.listenerAccess, to: access, everyHours };
			await audit.record({ ...by, action: 'access.changed', scope: { event }, details });
			if (before.listenerAccess !== access) await rights.changed({ event });
		},

		async rotate(by, event, everybodyAnew = false) {
			const { listenerJoinCode } = await read(event);
			if (!(await replace(event, listenerJoinCode, everybodyAnew))) return;
			const who = by === 'portal' ? { actor: by, address: null } : by;
			const details = { everybodyAnew };
			await audit.record({ ...who, action: 'access.code_rotated', scope: { event }, details });
			if (everybodyAnew) await rights.changed({ event });
		},

		async rotateDue() {
			const due = await db
				.select({ id: events.id })
				.from(events)
				.where(
					and(
						eq(events.listenerAccess, 'code'),
						isNull(events.deletedAt),
						isNotNull(events.joinCodeHours),
						lte(
							sql`${events.joinCodeSince} + make_interval(hours => ${events.joinCodeHours})`,
							new Date(now()).toISOString()
						)
					)
				);
			for (const { id } of due) await door.rotate('portal', eventId(id));
			return due.length;
		},

		start: () => loop.start(),
		stop: () => loop.stop()
	};
	const loop = repeating(() => door.rotateDue(), {
		everyMs: LOOK_EVERY_MS,
		failed: (error) => log.error({ err: error }, 'join codes not replaced')
	});
	return door;
}

function accessOf(text: string): ListenerAccess {
	return text === 'open' || text === 'invite' ? text : 'code';
}
