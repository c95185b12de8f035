import { and, eq, inArray, sql } from 'drizzle-orm';
import {
	claim,
	FREE_LEASE,
	release,
	renew,
	type ClaimRefusalCode,
	type HeldLease,
	type Lease
} from '#lib/domain/captions/lease.ts';
import { boothId, type BoothId } from '#lib/domain/ids.ts';
import { refuse, type Result } from '#lib/domain/result.ts';
import type { SessionPhase } from '#lib/protocol/worker.ts';
import type { Db } from '../db/database.ts';
import { captionSessions } from '../db/schema.ts';

export type Held = { readonly booth: BoothId; readonly epoch: number };

/** Leases in their rows, so that the portals of one database agree; times are of the portals' clocks. */
export type Leases = {
	/** Refused also when the installation's or the worker's sessions are all in use. */
	claim(
		booth: BoothId,
		worker: { readonly id: string; readonly capacity: number }
	): Promise<Result<HeldLease, ClaimRefusalCode | 'not_found'>>;
	/** Prolongs what the worker holds. @returns what it does not hold (any more) */
	renew(worker: string, held: readonly Held[]): Promise<BoothId[]>;
	release(worker: string, held: Held, reason: string): Promise<void>;
	/** Whether the worker holds the booth at that epoch. */
	holds(worker: string, held: Held): Promise<boolean>;
	/** Notes what the holder says of itself. @returns whether it is the holder */
	report(worker: string, held: Held, phase: SessionPhase): Promise<boolean>;
};

type Row = typeof captionSessions.$inferSelect;
type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

/** Any fixed number: claims of all portals are counted one after the other. */
const CLAIM_LOCK = 8_697_067;

export function leaseOf(row: Row | null): Lease {
	if (row === null) return FREE_LEASE;
	const { epoch, worker } = row;
	const since = row.since?.getTime() ?? null;
	if (worker === null || since === null || row.expiresAt === null)
		return { held: false, epoch, since };
	return { held: true, epoch, worker, since, until: row.expiresAt.getTime() };
}

export function createLeases(db: Db, { limit, now }: { limit: number; now: () => number }): Leases {
	const ofHolder = (worker: string, { booth, epoch }: Held) =>
		and(
			eq(captionSessions.boothId, booth),
			eq(captionSessions.worker, worker),
			eq(captionSessions.epoch, epoch)
		);

	async function write(tx: Tx, booth: BoothId, lease: Lease, others: Partial<Row>): Promise<void> {
		await tx
			.update(captionSessions)
			.set({
				epoch: lease.epoch,
				worker: lease.held ? lease.worker : null,
				since: lease.since === null ? null : new Date(lease.since),
				expiresAt: lease.held ? new Date(lease.until) : null,
				...others
			})
			.where(eq(captionSessions.boothId, booth));
	}

	return {
		async claim(booth, worker) {
			return db.transaction(async (tx) => {
				await tx.execute(sql`select pg_advisory_xact_lock(${CLAIM_LOCK})`);
				// The booth may be gone by now.
				await tx.execute(
					sql`insert into caption_sessions (booth_id) select id from booths where id = ${booth}
						on conflict do nothing`
				);
				const rows = await tx
					.select()
					.from(captionSessions)
					.where(
						sql`${captionSessions.boothId} = ${booth} or ${captionSessions.worker} is not null`
					)
					.for('update');
				const row = rows.find((one) => one.boothId === booth);
				if (row === undefined) return refuse('not_found', 'This channel is gone.');
				const at = now();
				const inUse = rows.filter((one) => one !== row && (one.expiresAt?.getTime() ?? 0) > at);
				const before = leaseOf(row);
				const answer = claim(
					before,
					worker.id,
					{
						running: inUse.length,
						limit,
						ofWorker: inUse.filter((one) => one.worker === worker.id).length,
						capacity: worker.capacity
					},
					at
				);
				if (!answer.ok) return answer;
				const isNew = answer.value.epoch !== before.epoch;
				await write(tx, booth, answer.value, isNew ? { phase: null, reason: null } : {});
				return answer;
			});
		},

		async renew(worker, held) {
			if (held.length === 0) return [];
			return db.transaction(async (tx) => {
				const rows = await tx
					.select()
					.from(captionSessions)
					.where(
						inArray(
							captionSessions.boothId,
							held.map(({ booth }) => booth)
						)
					)
					.orderBy(captionSessions.boothId)
					.for('update');
				const lost: BoothId[] = [];
				const kept: BoothId[] = [];
				let until = 0;
				for (const { booth, epoch } of held) {
					const row = rows.find((one) => one.boothId === booth) ?? null;
					const answer = renew(leaseOf(row), worker, epoch, now());
					if (!answer.ok) lost.push(booth);
					else {
						kept.push(booth);
						until = answer.value.until;
					}
				}
				if (kept.length > 0)
					await tx
						.update(captionSessions)
						.set({ expiresAt: new Date(until) })
						.where(inArray(captionSessions.boothId, kept));
				return lost;
			});
		},

		async release(worker, { booth, epoch }, reason) {
			await db.transaction(async (tx) => {
				const [row] = await tx
					.select()
					.from(captionSessions)
					.where(eq(captionSessions.boothId, booth))
					.for('update');
				if (row === undefined) return;
				const before = leaseOf(row);
				const after = release(before, worker, epoch);
				if (after !== before) await write(tx, booth, after, { phase: null, reason });
			});
		},

		async holds(worker, held) {
			const rows = await db
				.select({ booth: captionSessions.boothId })
				.from(captionSessions)
				.where(ofHolder(worker, held));
			return rows.length > 0;
		},

		async report(worker, held, phase) {
			const rows = await db
				.update(captionSessions)
				.set({ phase })
				.where(ofHolder(worker, held))
				.returning({ booth: captionSessions.boothId });
			return rows.length > 0;
		}
	};
}

/** A session of the protocol is a booth: it has one at a time, told apart by their epochs. */
export function sessionOf(booth: BoothId): string {
	return `booth-${booth}`;
}

/** Null for what is no session of ours. */
export function boothOfSession(session: string): BoothId | null {
	const [, digits] = /^booth-(\d{1,9})$/.exec(session) ?? [];
	return digits === undefined ? null : boothId(Number(digits));
}
