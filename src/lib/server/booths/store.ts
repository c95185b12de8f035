import { and, eq, inArray, isNotNull, lte, sql } from 'drizzle-orm';
import type { BoothCommand, Context } from '#lib/domain/booth/command.ts';
import { decide } from '#lib/domain/booth/decide.ts';
import type { BoothRefusalCode } from '#lib/domain/booth/decision.ts';
import type { BoothEvent } from '#lib/domain/booth/event.ts';
import { evolveAll } from '#lib/domain/booth/evolve.ts';
import { nextDeadline } from '#lib/domain/booth/expiry.ts';
import type { BoothState } from '#lib/domain/booth/state.ts';
import { boothId, type BoothId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Db } from '../db/database.ts';
import { booths } from '../db/schema.ts';

export type StoredBooth = { readonly state: BoothState; readonly version: number };

/** One step of a booth; `events` is empty and `version` unchanged when nothing had to change. */
export type BoothChange = {
	readonly boothId: BoothId;
	readonly before: BoothState;
	readonly after: BoothState;
	readonly events: readonly BoothEvent[];
	readonly version: number;
};

export type StoreRefusalCode = BoothRefusalCode | 'busy' | 'not_found';

/** Commands to one booth wait for each other this long at most. */
export const LOCK_TIMEOUT_MS = 2_000;

/** SQLSTATE 55P03: `lock_timeout` ran out. */
const LOCK_NOT_AVAILABLE = '55P03';

export type BoothStore = {
	load(booth: BoothId): Promise<StoredBooth | null>;
	loadAll(ids: readonly BoothId[]): Promise<ReadonlyMap<BoothId, StoredBooth>>;
	/**
	 * Applies one command under the booth's row lock, so that several portals can serve it.
	 * Refusal `busy` when the lock is not had within `LOCK_TIMEOUT_MS`.
	 */
	apply(
		booth: BoothId,
		command: BoothCommand,
		context: Context
	): Promise<Result<BoothChange, StoreRefusalCode>>;
	/** Booths in which something is overdue at `now` (epoch ms). */
	due(now: number): Promise<readonly BoothId[]>;
	/** Booths with somebody whose socket belongs to a portal that is not in `alive`. */
	seatedAtOthers(alive: readonly string[]): Promise<ReadonlyMap<BoothId, readonly string[]>>;
	/** Current versions of the given booths. */
	versions(ids: readonly BoothId[]): Promise<ReadonlyMap<BoothId, number>>;
};

export function createBoothStore(db: Db): BoothStore {
	const read = async (ids: readonly BoothId[]) => {
		if (ids.length === 0) return new Map<BoothId, StoredBooth>();
		const rows = await db
			.select({ id: booths.id, state: booths.state, version: booths.stateVersion })
			.from(booths)
			.where(inArray(booths.id, [...ids]));
		return new Map(
			rows.map(({ id, state, version }) => [boothId(id), { state, version }] as const)
		);
	};

	return {
		load: async (booth) => (await read([booth])).get(booth) ?? null,
		loadAll: read,

		async apply(booth, command, context) {
			try {
				return await db.transaction(async (tx) => {
					await tx.execute(sql.raw(`set local lock_timeout = '${LOCK_TIMEOUT_MS}ms'`));
					const [row] = await tx
						.select({ state: booths.state, version: booths.stateVersion })
						.from(booths)
						.where(eq(booths.id, booth))
						.for('update');
					if (!row) return refuse('not_found', 'This booth is gone.');
					const decision = decide(row.state, command, context);
					if (!decision.ok) return decision;
					const events = decision.value;
					const after = evolveAll(row.state, events);
					const version = events.length === 0 ? row.version : row.version + 1;
					if (events.length > 0) {
						const deadline = nextDeadline(after);
						await tx
							.update(booths)
							.set({
								state: after,
								stateVersion: version,
								deadlineAt: deadline === null ? null : new Date(deadline)
							})
							.where(eq(booths.id, booth));
					}
					return ok({ boothId: booth, before: row.state, after, events, version });
				});
			} catch (error) {
				if (sqlState(error) === LOCK_NOT_AVAILABLE)
					return refuse('busy', 'This booth is busy just now. Try again.');
				throw error;
			}
		},

		async due(now) {
			const rows = await db
				.select({ id: booths.id })
				.from(booths)
				.where(and(isNotNull(booths.deadlineAt), lte(booths.deadlineAt, new Date(now))));
			return rows.map(({ id }) => boothId(id));
		},

		async seatedAtOthers(alive) {
			const here = sql`jsonb_path_exists(${booths.state}, '$.participants[*] ? (@.presence.kind == "here")')`;
			const rows = await db.select({ id: booths.id, state: booths.state }).from(booths).where(here);
			const found = new Map<BoothId, readonly string[]>();
			for (const { id, state } of rows) {
				const dead = state.participants
					.filter(({ presence, portal }) => presence.kind === 'here' && !alive.includes(portal))
					.map(({ portal }) => portal);
				if (dead.length > 0) found.set(boothId(id), [...new Set(dead)]);
			}
			return found;
		},

		async versions(ids) {
			if (ids.length === 0) return new Map();
			const rows = await db
				.select({ id: booths.id, version: booths.stateVersion })
				.from(booths)
				.where(inArray(booths.id, [...ids]));
			return new Map(rows.map(({ id, version }) => [boothId(id), version]));
		}
	};
}

/** The SQLSTATE of a database error, also where the ORM wrapped it. */
function sqlState(error: unknown): string | undefined {
	if (!(error instanceof Error)) return undefined;
	return 'code' in error && typeof error.code === 'string' ? error.code : sqlState(error.cause);
}
