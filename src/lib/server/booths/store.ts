import { and, eq, inArray, isNotNull, lte, sql } from 'drizzle-orm';
import type { BoothCommand, Caller } from '#lib/domain/booth/command.ts';
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
import { createTurns, LATE, patience, type Work } from './patience.ts';

export type StoredBooth = { readonly state: BoothState; readonly version: number };

/**
 * One step of a booth; `events` is empty and `version` unchanged when nothing had to change. `events` is
 * empty too for a change that another portal made: only its outcome is known.
 */
export type BoothChange = {
	readonly boothId: BoothId;
	readonly before: BoothState;
	readonly after: BoothState;
	readonly events: readonly BoothEvent[];
	readonly version: number;
};

export type StoreRefusalCode = BoothRefusalCode | 'busy' | 'not_found';
export type Applied = Result<BoothChange, StoreRefusalCode>;

/** A command waits this long at most until it has its booth to itself. */
export const LOCK_TIMEOUT_MS = 2_000;
/** And then this long for the database, which may have stopped answering. */
const ANSWER_TIMEOUT_MS = 5_000;

/** SQLSTATE 55P03: `lock_timeout` ran out; 57014: `statement_timeout` did. */
const GAVE_UP = ['55P03', '57014'];
const BUSY = refuse('busy', 'This booth is busy just now. Try again.');

export type BoothStore = {
	load(booth: BoothId): Promise<StoredBooth | null>;
	loadAll(ids: readonly BoothId[]): Promise<ReadonlyMap<BoothId, StoredBooth>>;
	/** Applies one command with the booth to itself, in this process and among all portals; refusal `busy`. */
	apply(booth: BoothId, command: BoothCommand, by: Caller): Promise<Applied>;
	/** Booths in which something is overdue at `now` (epoch ms). */
	due(now: number): Promise<readonly BoothId[]>;
	/** Current versions of all booths. */
	versions(): Promise<ReadonlyMap<BoothId, number>>;
};

/**
 * The state of booths in their rows. Commands wait in the process first, so that they do not hold a
 * connection each, then for a connection (PGlite has one for everybody), then for the row's lock; all of
 * that within `LOCK_TIMEOUT_MS`.
 *
 * @param announce what other portals are told in the same transaction; null for nothing
 */
export function createBoothStore(
	db: Db,
	{ now, announce }: { now: () => number; announce: (change: BoothChange) => Announcement | null }
): BoothStore {
	const inTurn = createTurns<BoothId>();

	async function loadAll(ids: readonly BoothId[]): Promise<ReadonlyMap<BoothId, StoredBooth>> {
		if (ids.length === 0) return new Map();
		const rows = await db
			.select({ id: booths.id, state: booths.state, version: booths.stateVersion })
			.from(booths)
			.where(inArray(booths.id, [...ids]));
		return new Map(rows.map(({ id, state, version }) => [boothId(id), { state, version }]));
	}

	function transact(
		booth: BoothId,
		command: BoothCommand,
		by: Caller,
		deadline: number
	): Work<Applied> {
		let isGivenUp = false;
		let entered: () => void = () => undefined;
		const entry = new Promise<void>((resolve) => (entered = resolve));
		const ended = db.transaction(async (tx): Promise<Applied> => {
			entered();
			const leftMs = Math.ceil(deadline - performance.now());
			// Nobody waits for the answer any more, so nothing may happen.
			if (isGivenUp || leftMs <= 0) return BUSY;
			await tx.execute(limits(leftMs));
			const [row] = await tx
				.select({ state: booths.state, version: booths.stateVersion })
				.from(booths)
				.where(eq(booths.id, booth))
				.for('update');
			if (!row) return refuse('not_found', 'This booth is gone.');
			const decision = decide(row.state, command, { by, now: now() });
			if (!decision.ok) return decision;
			const events = decision.value;
			const { state: before, version } = row;
			if (events.length === 0)
				return ok({ boothId: booth, before, after: before, events, version });
			const after = evolveAll(before, events);
			const change = { boothId: booth, before, after, events, version: version + 1 };
			const deadlineAt = nextDeadline(after);
			await tx
				.update(booths)
				.set({
					state: after,
					stateVersion: change.version,
					deadlineAt: deadlineAt === null ? null : new Date(deadlineAt)
				})
				.where(eq(booths.id, booth));
			const said = announce(change);
			if (said) await tx.execute(sql`select pg_notify(${said.channel}, ${said.payload})`);
			return ok(change);
		});

		const answer = async (): Promise<Applied> => {
			try {
				const begun = await patience(Promise.race([entry, ended]), deadline - performance.now());
				isGivenUp = begun === LATE;
				const outcome = isGivenUp
					? LATE
					: await patience(ended, LOCK_TIMEOUT_MS + ANSWER_TIMEOUT_MS);
				if (outcome !== LATE) return outcome;
				ended.catch(() => undefined);
				return BUSY;
			} catch (error) {
				if (GAVE_UP.includes(sqlState(error) ?? '')) return BUSY;
				throw error;
			}
		};
		return { answer: answer(), ended };
	}

	return {
		load: async (booth) => (await loadAll([booth])).get(booth) ?? null,
		loadAll,

		async apply(booth, command, by) {
			const deadline = performance.now() + LOCK_TIMEOUT_MS;
			const applied = await inTurn(booth, LOCK_TIMEOUT_MS, () =>
				transact(booth, command, by, deadline)
			);
			return applied === LATE ? BUSY : applied;
		},

		async due(now) {
			const rows = await db
				.select({ id: booths.id })
				.from(booths)
				.where(and(isNotNull(booths.deadlineAt), lte(booths.deadlineAt, new Date(now))));
			return rows.map(({ id }) => boothId(id));
		},

		async versions() {
			const rows = await db.select({ id: booths.id, version: booths.stateVersion }).from(booths);
			return new Map(rows.map(({ id, version }) => [boothId(id), version]));
		}
	};
}

export type Announcement = { readonly channel: string; readonly payload: string };

/** Also for a portal that stops in the middle: the others have the lock back when the server gives up on it. */
function limits(lockMs: number) {
	const answerMs = String(lockMs + ANSWER_TIMEOUT_MS);
	return sql`select set_config('lock_timeout', ${String(lockMs)}, true),
		set_config('statement_timeout', ${answerMs}, true),
		set_config('idle_in_transaction_session_timeout', ${answerMs}, true)`;
}

/** The SQLSTATE of a database error, also where the ORM wrapped it. */
function sqlState(error: unknown): string | undefined {
	if (!(error instanceof Error)) return undefined;
	return 'code' in error && typeof error.code === 'string' ? error.code : sqlState(error.cause);
}
