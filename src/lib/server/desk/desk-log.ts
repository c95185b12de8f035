import { and, desc, eq, gt, isNull, lt, ne, or } from 'drizzle-orm';
import { z } from 'zod';
import {
	mayMove,
	SIGNAL_SHOWN_MS,
	type MatterState,
	type SignalCode
} from '#lib/domain/desk/alerts.ts';
import { eventId, type BoothId, type EventId, type RoomId } from '#lib/domain/ids.ts';
import type { DeskEntry } from '#lib/protocol/control.ts';
import type { Db, Listen } from '../db/database.ts';
import { createPortalLine } from '../db/portal-line.ts';
import { deskEntries } from '../db/schema.ts';
import type { Log } from '../log.ts';

/** Matters that ended are shown for a working day, the newest first. */
const HISTORY_MS = 12 * 3_600_000;
const HISTORY_LENGTH = 200;
const CHANNEL = 'voxbento_desk';
/** Stands until somebody has seen to it. */
const LASTING: SignalCode = 'cannot_interpret';

export type NewMatter = {
	readonly event: EventId;
	readonly room: RoomId | null;
	readonly booth: BoothId | null;
	readonly kind: DeskEntry['kind'];
	readonly code: string;
	readonly text?: string;
	readonly person?: string;
	readonly name?: string;
};

/** Requests for help, signals and alerts of running events, shared by all portals. */
export type DeskLog = {
	/** Null when the same alert stands already. */
	open(matter: NewMatter): Promise<DeskEntry | null>;
	/** Moves a matter of this event forward; false when it is not there or is past that. */
	move(event: EventId, id: string, to: MatterState, handler: string | null): Promise<boolean>;
	/** Something beside the matters changed that booths of this event should look at: notes. */
	touched(event: EventId): Promise<void>;
	/** Signals that a speaker has seen for long enough are over by themselves. */
	expireSignals(): Promise<void>;
	/** Open ones and those of the last hours, newest first. */
	of(event: EventId): Promise<readonly DeskEntry[]>;
	/** Some matter of the event changed, here or at another portal. */
	onChange(listener: (event: EventId) => void): () => void;
	start(): Promise<void>;
	stop(): Promise<void>;
};

export function createDeskLog({
	db,
	listen,
	portalId,
	log,
	now = Date.now
}: {
	db: Db;
	listen: Listen;
	portalId: string;
	log: Log;
	now?: () => number;
}): DeskLog {
	const listeners = new Set<(event: EventId) => void>();
	const tellHere = (event: EventId): void => {
		for (const listener of listeners) listener(event);
	};
	const line = createPortalLine({
		...{ db, listen, portalId, log },
		channel: CHANNEL,
		word: z.number().int().transform(eventId),
		onWord: tellHere
	});

	async function tell(event: EventId): Promise<void> {
		tellHere(event);
		await line.send(line.encode(event));
	}

	return {
		async open({ event, room, booth, kind, code, text = '', person, name = '' }) {
			const [row] = await db
				.insert(deskEntries)
				.values({
					...{ eventId: event, roomId: room, boothId: booth, kind, code },
					...{ text: text.slice(0, 500), person: person ?? null, name: name.slice(0, 200) }
				})
				.onConflictDoNothing()
				.returning();
			if (!row) return null;
			await tell(event);
			return entryOf(row);
		},

		async move(event, id, to, handler) {
			const here = and(eq(deskEntries.id, id), eq(deskEntries.eventId, event));
			const [row] = await db.select({ state: deskEntries.state }).from(deskEntries).where(here);
			const from = row?.state as MatterState | undefined;
			if (from === undefined || !mayMove(from, to)) return false;
			const at = new Date(now());
			const moved = await db
				.update(deskEntries)
				.set({
					...{ state: to, changedAt: at, closedAt: to === 'done' ? at : null },
					...(handler === null ? {} : { handler: handler.slice(0, 200) })
				})
				.where(and(here, eq(deskEntries.state, from)))
				.returning({ id: deskEntries.id });
			if (moved.length > 0) await tell(event);
			return moved.length > 0;
		},

		touched: tell,

		async expireSignals() {
			const at = now();
			const ended = await db
				.update(deskEntries)
				.set({ state: 'done', changedAt: new Date(at), closedAt: new Date(at) })
				.where(
					and(
						...[eq(deskEntries.kind, 'signal'), isNull(deskEntries.closedAt)],
						...[
							ne(deskEntries.code, LASTING),
							lt(deskEntries.openedAt, new Date(at - SIGNAL_SHOWN_MS))
						]
					)
				)
				.returning({ event: deskEntries.eventId });
			for (const event of new Set(ended.map((row) => row.event))) await tell(eventId(event));
		},

		async of(event) {
			const since = new Date(now() - HISTORY_MS);
			const rows = await db
				.select()
				.from(deskEntries)
				.where(
					and(
						eq(deskEntries.eventId, event),
						or(isNull(deskEntries.closedAt), gt(deskEntries.openedAt, since))
					)
				)
				.orderBy(desc(deskEntries.openedAt))
				.limit(HISTORY_LENGTH);
			return rows.map(entryOf);
		},

		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},

		start: line.listen,
		stop: line.stop
	};
}

function entryOf(row: typeof deskEntries.$inferSelect): DeskEntry {
	return {
		id: row.id,
		kind: row.kind as DeskEntry['kind'],
		code: row.code,
		text: row.text,
		state: row.state as MatterState,
		booth: row.boothId,
		name: row.name,
		handler: row.handler,
		openedAt: row.openedAt.getTime(),
		changedAt: row.changedAt.getTime(),
		closedAt: row.closedAt?.getTime() ?? null
	};
}
