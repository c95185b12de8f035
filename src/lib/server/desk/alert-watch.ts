import { and, eq, isNull } from 'drizzle-orm';
import type { AlertCode } from '#lib/domain/desk/alerts.ts';
import { boothId, eventId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { deskEntries } from '../db/schema.ts';
import type { Log } from '../log.ts';
import type { FoundBooth } from '../events/events.ts';
import type { Board } from './board.ts';
import type { DeskLog } from './desk-log.ts';
import { repeating } from '../repeating.ts';

export const LOOK_EVERY_MS = 1_000;
/** A fault that comes and goes within this time is one alert. */
const CALM_MS = 5_000;

type Standing = { readonly event: EventId; readonly id: string; rightSince: number | null };

/**
 * Makes an alert of every fault that begins, whether anybody looks at a desk or not, and ends it when the fault has
 * been gone for a moment.
 */
export function createAlertWatch({
	db,
	board,
	deskLog,
	log,
	now = Date.now
}: {
	db: Db;
	board: Board;
	deskLog: Pick<DeskLog, 'open' | 'move' | 'expireSignals'>;
	log: Log;
	now?: () => number;
}): { start(): Promise<void>; stop(): Promise<void> } {
	const standing = new Map<string, Standing>();

	const keyOf = (booth: BoothId, code: string): string => `${booth} ${code}`;

	async function look(): Promise<void> {
		await board.look();
		const at = now();
		const current = new Set<string>();
		for (const found of board.booths())
			for (const code of board.booth(found).alerts) {
				current.add(keyOf(found.booth.id, code));
				await begin(found, code);
			}
		for (const [key, one] of standing) {
			if (current.has(key)) one.rightSince = null;
			else if ((one.rightSince ??= at) <= at - CALM_MS) {
				standing.delete(key);
				await deskLog.move(one.event, one.id, 'done', null);
			}
		}
		await deskLog.expireSignals();
	}

	async function begin({ event, room, booth }: FoundBooth, code: AlertCode): Promise<void> {
		const key = keyOf(booth.id, code);
		if (standing.has(key)) return;
		const entry = await deskLog.open({
			...{ event: event.id, room: room.id, booth: booth.id, kind: 'alert', code }
		});
		const id = entry?.id ?? (await standingId(booth.id, code));
		if (id !== null) standing.set(key, { event: event.id, id, rightSince: null });
	}

	/** Another portal was faster. */
	async function standingId(booth: BoothId, code: string): Promise<string | null> {
		const rows = await db
			.select({ id: deskEntries.id })
			.from(deskEntries)
			.where(
				and(
					...[eq(deskEntries.boothId, booth), eq(deskEntries.code, code)],
					...[eq(deskEntries.kind, 'alert'), isNull(deskEntries.closedAt)]
				)
			);
		return rows[0]?.id ?? null;
	}

	const loop = repeating(look, {
		everyMs: LOOK_EVERY_MS,
		failed: (error) => log.error({ err: error }, 'alerts not looked after; trying again')
	});

	return {
		async start() {
			// What stood when the last portal went is ended by this one.
			const rows = await db
				.select()
				.from(deskEntries)
				.where(and(eq(deskEntries.kind, 'alert'), isNull(deskEntries.closedAt)));
			for (const { id, boothId: booth, code, eventId: event } of rows)
				if (booth !== null)
					standing.set(keyOf(boothId(booth), code), {
						...{ event: eventId(event), id, rightSince: null }
					});
			loop.start();
		},
		stop: loop.stop
	};
}
