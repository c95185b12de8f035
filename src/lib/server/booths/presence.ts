import { eq, gt, lt } from 'drizzle-orm';
import type { BoothId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { portals } from '../db/schema.ts';
import type { Log } from '../log.ts';
import type { Booths } from './service.ts';

const BEAT_EVERY_MS = 1_000;
/** A portal that has not been heard of for this long is dead, and its sockets with it. */
const PORTAL_LOST_AFTER_MS = 5_000;
const FORGET_PORTAL_AFTER_MS = 3_600_000;

/**
 * Keeps booths true while nobody acts: this portal's sign of life, seats of portals that died, steps that
 * are overdue, changes made by other portals.
 */
export type Presence = {
	/** Marks what former portals left behind as lost, from now on; then beats every second. */
	start(): Promise<void>;
	stop(): Promise<void>;
};

export function createPresence({
	db,
	booths,
	portalId,
	watched,
	onForeignChange,
	log,
	now = Date.now
}: {
	db: Db;
	booths: Booths;
	portalId: string;
	/** Booths with sockets here, and the version they were last told. */
	watched: () => ReadonlyMap<BoothId, number>;
	/** Another portal changed a watched booth. */
	onForeignChange: (booth: BoothId) => void;
	log: Log;
	now?: () => number;
}): Presence {
	let timer: NodeJS.Timeout | undefined;
	let round: Promise<void> = Promise.resolve();
	let stopped = false;

	async function beat(): Promise<void> {
		const seenAt = new Date(now());
		await db
			.insert(portals)
			.values({ id: portalId, startedAt: seenAt, seenAt })
			.onConflictDoUpdate({ target: portals.id, set: { seenAt } });
	}

	async function sweepDeadPortals(): Promise<void> {
		const alive = await db
			.select({ id: portals.id })
			.from(portals)
			.where(gt(portals.seenAt, new Date(now() - PORTAL_LOST_AFTER_MS)));
		const left = await booths.store.seatedAtOthers(alive.map(({ id }) => id));
		for (const [booth, dead] of left)
			for (const portal of dead) await booths.command(booth, { type: 'portal-lost', portal });
	}

	async function lookForForeignChanges(): Promise<void> {
		const known = watched();
		for (const [booth, version] of await booths.store.versions([...known.keys()]))
			if (version > (known.get(booth) ?? 0)) onForeignChange(booth);
	}

	async function runRound(): Promise<void> {
		try {
			await beat();
			await sweepDeadPortals();
			await booths.tick();
			await lookForForeignChanges();
		} catch (error) {
			log.error({ err: error }, 'keeping booths true failed; trying again');
		}
		if (!stopped) timer = setTimeout(() => void (round = runRound()), BEAT_EVERY_MS);
	}

	return {
		async start() {
			await db.delete(portals).where(lt(portals.seenAt, new Date(now() - FORGET_PORTAL_AFTER_MS)));
			round = runRound();
			await round;
		},
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await round;
			await db.delete(portals).where(eq(portals.id, portalId));
		}
	};
}
