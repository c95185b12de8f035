import { and, gt, lte } from 'drizzle-orm';
import { alertsOf } from '#lib/domain/desk/alerts.ts';
import { relayQuality } from '#lib/domain/booth/relay.ts';
import { EMPTY_BOOTH } from '#lib/domain/booth/state.ts';
import { view } from '#lib/domain/booth/view.ts';
import type { CaptionStatus } from '#lib/domain/captions/status.ts';
import { turnAfter, type Turn } from '#lib/domain/desk/turns.ts';
import { roomId, seatId, type BoothId, type EventId, type RoomId } from '#lib/domain/ids.ts';
import { FLOOR } from '#lib/domain/language.ts';
import type { DeskBooth } from '#lib/protocol/control.ts';
import type { Captions } from '../captions/captions.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { Booths } from '../booths/service.ts';
import type { Db } from '../db/database.ts';
import { scheduleSessions } from '../db/schema.ts';
import type { FoundBooth } from '../events/events.ts';

const SCHEDULE_EVERY_MS = 15_000;

/** Every booth as a coordinator sees it, from what the portal knows anyway: looking costs no question to anybody. */
export type Board = {
	booth(found: FoundBooth): DeskBooth;
	/** Booths of an event, or of all, the floors left out. */
	booths(event?: EventId): readonly FoundBooth[];
	/** Since when the one on air has had the microphone; null when nobody is. */
	turnSince(booth: BoothId): number | null;
	/** Once a second: whose turn it is, and now and then what the programme says. Never throws. */
	look(): Promise<void>;
};

export function createBoard({
	db,
	booths,
	captions,
	ingest,
	now = Date.now
}: {
	db: Db;
	booths: Pick<Booths, 'known'>;
	captions: Pick<Captions, 'status'>;
	ingest: Pick<Reconciler, 'ingest' | 'figures' | 'found' | 'mediaOk'>;
	now?: () => number;
}): Board {
	const turns = new Map<BoothId, Turn>();
	let running: ReadonlySet<RoomId> = new Set();
	let readAt = -Infinity;

	function turnSince(booth: BoothId): number | null {
		const phase = booths.known.get(booth)?.state.phase;
		const isLive = phase?.kind === 'live' || phase?.kind === 'handing-over';
		return isLive ? (turns.get(booth)?.since ?? phase.since) : null;
	}

	return {
		turnSince,

		booths: (event) =>
			ingest
				.found(event === undefined ? {} : { event })
				.filter(({ booth }) => booth.language !== FLOOR),

		booth(found) {
			const id = found.booth.id;
			const state = booths.known.get(id)?.state ?? EMPTY_BOOTH;
			// As somebody who sits nowhere and may do nothing: the desk's own rights are asked at each act.
			const { phase, participants } = view(state, [], seatId(''));
			const { status, listeners } = ingest.ingest(id);
			const sound = ingest.figures(id) ?? NOTHING_HEARD;
			const caption = captions.status(id);
			const since = turnSince(id);
			const isLive = since !== null;
			return {
				...{ booth: id, room: found.room.slug, language: found.booth.language, path: found.path },
				...{ phase, participants: [...participants], ingest_status: status, listeners },
				sound: { ...sound, quietMs: isLive ? sound.quietMs : 0 },
				...{ captions: caption, relay: relayQuality(state), turnSince: since },
				alerts: [
					...alertsOf({
						...{ isLive, quietMs: sound.quietMs, loss: sound.loss },
						turnMs: since === null ? 0 : now() - since,
						sessionRuns: running.has(found.room.id),
						interpreters: participants.filter(({ role }) => role === 'interpreter').length,
						captionsFail: isLive && fails(caption),
						mediaOk: ingest.mediaOk()
					})
				]
			};
		},

		async look() {
			const at = now();
			for (const [booth, { state }] of booths.known.all()) {
				const turn = turnAfter(turns.get(booth) ?? null, state.phase, at);
				if (turn) turns.set(booth, turn);
				else turns.delete(booth);
			}
			if (at - readAt < SCHEDULE_EVERY_MS) return;
			readAt = at;
			const moment = new Date(at);
			const rows = await db
				.selectDistinct({ room: scheduleSessions.roomId })
				.from(scheduleSessions)
				.where(and(lte(scheduleSessions.startsAt, moment), gt(scheduleSessions.endsAt, moment)));
			running = new Set(rows.map(({ room }) => roomId(room)));
		}
	};
}

const NOTHING_HEARD = { levelDb: null, quietMs: 0, loss: 0, jitterMs: null } as const;

/** Somebody has to do something about it; a first connection is given time. */
function fails(status: CaptionStatus): boolean {
	return status.kind === 'blocked' || status.kind === 'full' || status.kind === 'retrying';
}
