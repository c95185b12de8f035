import { ok, refuse, type Result } from '../result.ts';

/**
 * A channel's captions belong to one worker at a time, for as long as it says every few seconds that it is
 * still there. The epoch rises with each holder, so that whoever was cut off and comes back is recognised.
 */
export type Lease =
	| {
			readonly held: false;
			readonly epoch: number;
			/** Epoch ms since when the last holder listened; null when there was none. */
			readonly since: number | null;
	  }
	| {
			readonly held: true;
			readonly worker: string;
			readonly epoch: number;
			/** Epoch ms since when this worker holds it, and until when unless it is renewed. */
			readonly since: number;
			readonly until: number;
	  };
export type HeldLease = Extract<Lease, { held: true }>;

export const LEASE_MS = 15_000;
/** Two may get lost before the lease is over. */
export const HEARTBEAT_MS = 4_000;

export const FREE_LEASE: Lease = { held: false, epoch: 0, since: null };

/** How busy an installation and one worker in it are, in sessions. */
export type WorkerLoad = {
	readonly running: number;
	/** `MAX_TOTAL_WORKERS`. */
	readonly limit: number;
	readonly ofWorker: number;
	readonly capacity: number;
};

export type ClaimRefusalCode = 'taken' | 'installation_full' | 'worker_full';

/** Whether the lease binds anybody at that moment. */
export function isHeld(lease: Lease, now: number): lease is HeldLease {
	return lease.held && now < lease.until;
}

/** A worker takes a channel that nobody holds, or asks again for the one it has (a lost answer). */
export function claim(
	lease: Lease,
	worker: string,
	load: WorkerLoad,
	now: number
): Result<HeldLease, ClaimRefusalCode> {
	if (isHeld(lease, now)) {
		if (lease.worker === worker) return ok({ ...lease, until: now + LEASE_MS });
		return refuse('taken', `Worker ${lease.worker} holds this channel.`);
	}
	if (load.running >= load.limit)
		return refuse('installation_full', `All ${load.limit} caption sessions are in use.`);
	if (load.ofWorker >= load.capacity)
		return refuse('worker_full', `Worker ${worker} runs ${load.ofWorker} sessions already.`);
	return ok({ held: true, worker, epoch: lease.epoch + 1, since: now, until: now + LEASE_MS });
}

/**
 * Prolongs a lease. One that is over but was taken by nobody is given back: the worker only had bad luck
 * with the network, and another start would cost the audience words.
 */
export function renew(
	lease: Lease,
	worker: string,
	epoch: number,
	now: number
): Result<HeldLease, 'lease_lost'> {
	if (!lease.held || lease.worker !== worker || lease.epoch !== epoch)
		return refuse('lease_lost', 'Another worker holds this channel, or it needs no captions.');
	return ok({ ...lease, until: now + LEASE_MS });
}

/** Frees the channel; nothing happens when the releasing worker does not hold it any more. */
export function release(lease: Lease, worker: string, epoch: number): Lease {
	const own = lease.held && lease.worker === worker && lease.epoch === epoch;
	return own && lease.held ? { held: false, epoch, since: lease.since } : lease;
}

/**
 * Whether a final of an earlier or the present holder is still to be stored. A late one (its worker was cut
 * off and kept it) is welcome as long as nobody else had begun to listen when its words were spoken.
 */
export function mayStore(
	lease: Lease,
	final: { readonly epoch: number; readonly startedAt: number }
): boolean {
	if (final.epoch === lease.epoch) return true;
	if (final.epoch > lease.epoch) return false;
	const isNext = lease.epoch === final.epoch + 1;
	return isNext && lease.since !== null && final.startedAt < lease.since;
}

/**
 * The worker to offer a channel to: the one with the smallest share of its capacity in use, of equals the
 * first by name, so that several portals choose alike. Null when all are full.
 */
export function leastBusy<W extends { name: string; running: number; capacity: number }>(
	workers: readonly W[]
): W | null {
	let best: W | null = null;
	for (const worker of workers) {
		if (worker.running >= worker.capacity) continue;
		if (best === null) {
			best = worker;
			continue;
		}
		const share = worker.running / worker.capacity - best.running / best.capacity;
		if (share < 0 || (share === 0 && worker.name < best.name)) best = worker;
	}
	return best;
}
