import { eq, sql } from 'drizzle-orm';
import type { PortalCommand } from '#lib/domain/booth/command.ts';
import { nextDeadline } from '#lib/domain/booth/expiry.ts';
import type { Participant } from '#lib/domain/booth/state.ts';
import type { BoothId, SeatId } from '#lib/domain/ids.ts';
import { rowsOf, type Db } from '../db/database.ts';
import { portals } from '../db/schema.ts';
import type { Log } from '../log.ts';
import type { Booths } from './service.ts';

const ROUND_EVERY_MS = 1_000;
const BEAT_EVERY_MS = 2_000;
/** A portal that has not been heard of for this long is dead, and its sockets with it. */
export const PORTAL_LOST_AFTER_MS = 6_000;

/**
 * Keeps booths true while nobody acts: this portal's sign of life, seats of portals that died, seats whose
 * socket ended unnoticed, steps that are overdue, changes made by other portals. Asks the database a few
 * small questions a second, and writes only its sign of life while nothing is due.
 */
export type Presence = {
	/** Begins every wait anew, then looks after the booths until it is stopped. */
	start(): Promise<void>;
	/** Leaves the seats of this portal to whichever portal comes next. */
	stop(): Promise<void>;
};

export function createPresence({
	db,
	booths,
	portalId,
	isSeatedHere,
	log,
	now = Date.now
}: {
	db: Db;
	booths: Pick<
		Booths,
		'start' | 'stop' | 'command' | 'known' | 'tick' | 'catchUp' | 'checkHearing'
	>;
	portalId: string;
	/** Whether a socket of this portal holds the seat. */
	isSeatedHere: (seat: SeatId) => boolean;
	log: Log;
	now?: () => number;
}): Presence {
	let timer: NodeJS.Timeout | undefined;
	let round: Promise<void> = Promise.resolve();
	let beatAt = -Infinity;
	let stopped = false;

	/** The database's clock, so that portals need not agree on the time to believe each other alive. */
	async function beat(): Promise<void> {
		if (performance.now() - beatAt < BEAT_EVERY_MS) return;
		await db
			.insert(portals)
			.values({ id: portalId })
			.onConflictDoUpdate({ target: portals.id, set: { seenAt: sql`now()` } });
		await booths.checkHearing();
		beatAt = performance.now();
	}

	async function alivePortals(): Promise<ReadonlySet<string>> {
		const since = sql`now() - ${`${PORTAL_LOST_AFTER_MS} milliseconds`}::interval`;
		const found = await db.execute(sql`select id from portals where seen_at > ${since}`);
		return new Set([portalId, ...rowsOf<{ id: string }>(found).map(({ id }) => id)]);
	}

	/** People shown as connected whose socket is gone and whose portal could not say so. */
	async function sweep(): Promise<void> {
		const alive = await alivePortals();
		const commands: [BoothId, PortalCommand][] = [];
		for (const [booth, { state }] of booths.known.all()) {
			const here = state.participants.filter(({ presence }) => presence.kind === 'here');
			const dead = here.filter((one) => !alive.has(one.portal)).map((one) => one.portal);
			for (const portal of new Set(dead)) commands.push([booth, { type: 'portal-lost', portal }]);
			for (const { seat } of here.filter(isGhost))
				commands.push([booth, { type: 'disconnect', seat, portal: portalId }]);
		}
		await Promise.all(commands.map(([booth, command]) => booths.command(booth, command)));
	}

	function isGhost({ seat, portal }: Participant): boolean {
		return portal === portalId && !isSeatedHere(seat);
	}

	async function runRound(): Promise<void> {
		// One part that fails must not keep the others from their turn.
		for (const part of [beat, booths.catchUp, sweep, booths.tick])
			try {
				await part();
			} catch (error) {
				log.error({ err: error }, 'keeping booths true failed; trying again');
			}
		if (!stopped) timer = setTimeout(() => void (round = runRound()), untilNext());
	}

	/** A step that expires between two rounds expires on time. */
	function untilNext(): number {
		const deadlines = [...booths.known.all().values()].map(({ state }) => nextDeadline(state));
		const next = Math.min(...deadlines.flatMap((deadline) => deadline ?? []));
		return Math.min(ROUND_EVERY_MS, Math.max(100, next - now()));
	}

	async function renewWaits(): Promise<void> {
		const waiting = [...booths.known.all()].filter(([, { state }]) => nextDeadline(state) !== null);
		await Promise.all(waiting.map(([booth]) => booths.command(booth, { type: 'portal-started' })));
	}

	return {
		async start() {
			await db.delete(portals).where(sql`seen_at < now() - interval '1 hour'`);
			await booths.start();
			await renewWaits();
			round = runRound();
			await round;
		},
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await round;
			await booths.stop();
			await db.delete(portals).where(eq(portals.id, portalId));
		}
	};
}
