import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	claim,
	FREE_LEASE,
	isHeld,
	LEASE_MS,
	leastBusy,
	mayStore,
	release,
	renew,
	type HeldLease,
	type Lease
} from './lease.ts';

const idle = { running: 0, limit: 10, ofWorker: 0, capacity: 4 };

function held(lease: Lease, worker: string, now: number): HeldLease {
	const answer = claim(lease, worker, idle, now);
	if (!answer.ok) throw new Error(answer.error.code);
	return answer.value;
}

describe('a lease', () => {
	it('is given to one worker; the others are told who has it', () => {
		const lease = held(FREE_LEASE, 'a', 1_000);
		expect(claim(lease, 'b', idle, 2_000)).toMatchObject({ ok: false, error: { code: 'taken' } });
	});

	it('is the same when its holder asks twice, because an answer may get lost', () => {
		const lease = held(FREE_LEASE, 'a', 1_000);
		expect(held(lease, 'a', 2_000)).toEqual({ ...lease, until: 2_000 + LEASE_MS });
	});

	it('is refused while the installation or the worker is full', () => {
		expect(claim(FREE_LEASE, 'a', { ...idle, running: 10 }, 0)).toMatchObject({
			error: { code: 'installation_full' }
		});
		expect(claim(FREE_LEASE, 'a', { ...idle, ofWorker: 4 }, 0)).toMatchObject({
			error: { code: 'worker_full' }
		});
	});

	it('is over when it was not renewed; then another may have it, under a new epoch', () => {
		const first = held(FREE_LEASE, 'a', 0);
		expect(isHeld(first, LEASE_MS - 1)).toBe(true);
		expect(isHeld(first, LEASE_MS)).toBe(false);
		const second = held(first, 'b', LEASE_MS);
		expect(second.epoch).toBe(first.epoch + 1);
		expect(renew(second, 'a', first.epoch, LEASE_MS)).toMatchObject({
			error: { code: 'lease_lost' }
		});
	});

	it('that is over but wanted by nobody goes on with its holder', () => {
		const lease = held(FREE_LEASE, 'a', 0);
		const late = renew(lease, 'a', lease.epoch, LEASE_MS * 3);
		expect(late).toMatchObject({ ok: true, value: { until: LEASE_MS * 4, epoch: lease.epoch } });
	});

	it('is freed by its holder alone', () => {
		const lease = held(FREE_LEASE, 'a', 0);
		expect(release(lease, 'b', lease.epoch)).toBe(lease);
		expect(release(lease, 'a', lease.epoch + 1)).toBe(lease);
		const freed = release(lease, 'a', lease.epoch);
		expect(freed).toEqual({ held: false, epoch: lease.epoch, since: lease.since });
		expect(held(freed, 'b', 1).epoch).toBe(lease.epoch + 1);
	});

	it('lets late finals in whose words were spoken before the next holder listened', () => {
		const first = held(FREE_LEASE, 'a', 0);
		const second = held(first, 'b', 20_000);
		const third = held(second, 'c', 50_000);
		expect(mayStore(first, { epoch: first.epoch, startedAt: 99_000 })).toBe(true);
		expect(mayStore(second, { epoch: first.epoch, startedAt: 19_999 })).toBe(true);
		expect(mayStore(second, { epoch: first.epoch, startedAt: 20_000 })).toBe(false);
		expect(mayStore(third, { epoch: first.epoch, startedAt: 10_000 })).toBe(false);
		expect(mayStore(first, { epoch: second.epoch, startedAt: 0 })).toBe(false);
	});

	it('never has two holders at once, whatever workers ask and however time goes', () => {
		const act = fc.record({
			worker: fc.constantFrom('a', 'b', 'c'),
			what: fc.constantFrom('claim' as const, 'renew' as const, 'release' as const),
			waitMs: fc.integer({ min: 0, max: 12_000 })
		});
		fc.assert(
			fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
				let lease = FREE_LEASE;
				let now = 0;
				const epochOf = new Map<string, number>();
				for (const { worker, what, waitMs } of acts) {
					now += waitMs;
					const before = lease;
					if (what === 'release') lease = release(lease, worker, epochOf.get(worker) ?? 0);
					const answer =
						what === 'claim'
							? claim(lease, worker, idle, now)
							: what === 'renew'
								? renew(lease, worker, epochOf.get(worker) ?? 0, now)
								: null;
					if (answer?.ok) {
						lease = answer.value;
						epochOf.set(worker, answer.value.epoch);
						expect(answer.value.worker).toBe(worker);
						if (isHeld(before, now)) expect(before.worker).toBe(worker);
					}
					expect(lease.epoch).toBeGreaterThanOrEqual(before.epoch);
				}
			})
		);
	});
});

it('offers a channel to the worker with the smallest share of its capacity in use', () => {
	const worker = (name: string, running: number, capacity: number) => ({ name, running, capacity });
	expect(leastBusy([worker('a', 2, 4), worker('b', 3, 10)])?.name).toBe('b');
	expect(leastBusy([worker('b', 0, 4), worker('a', 0, 4)])?.name).toBe('a');
	expect(leastBusy([worker('a', 4, 4), worker('b', 0, 0)])).toBeNull();
});
