import { performance } from 'node:perf_hooks';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Pacer, type Paced } from './pacer.ts';

const log = pino({ level: 'silent' });

/** Resolves with the due times of the first ticks; `during` may do something in a tick. */
function ticks(
	pacer: Pacer,
	count: number,
	firstDueMs = 0,
	during: (n: number, dueMs: number) => void = () => undefined
): Promise<number[]> {
	const due: number[] = [];
	return new Promise((resolve) => {
		const paced: Paced = {
			tick: (dueMs) => {
				due.push(dueMs);
				if (due.length === count) {
					pacer.delete(paced);
					resolve(due);
				}
				during(due.length, dueMs);
			}
		};
		pacer.add(paced, firstDueMs);
	});
}

function steps(due: readonly number[]): number[] {
	return due.slice(1).map((each, index) => Math.round(each - (due[index] ?? 0)));
}

test('ticks are due every 20 ms exactly, and a busy moment is made up for', async () => {
	const due = await ticks(new Pacer(log), 20, 0, (n, dueMs) => {
		// Hold the loop up for 3 frames once.
		if (n === 5) while (performance.now() < dueMs + 65);
	});
	// A loaded machine may hold us up longer than is made up for; then the pacer goes on from there.
	expect(steps(due).filter((step) => step === 20).length).toBeGreaterThanOrEqual(15);
	expect(Math.min(...steps(due))).toBe(20);
});

test('the first comes when it is due, and another falls in with the beat', async () => {
	const pacer = new Pacer(log);
	const firstDue = performance.now() + 15;
	const first = ticks(pacer, 10, firstDue);
	const second = ticks(pacer, 5);
	const [one, two] = await Promise.all([first, second]);
	expect(one[0]).toBe(firstDue);
	expect(one).toEqual(expect.arrayContaining(two));
});

test('a tick that throws stops neither itself nor the others', async () => {
	const pacer = new Pacer(log);
	const bad: Paced = {
		tick: () => {
			throw new Error('as expected');
		}
	};
	pacer.add(bad, 0);
	expect(await ticks(pacer, 3)).toHaveLength(3);
	pacer.delete(bad);
});

test('it begins anew after everybody left', async () => {
	const pacer = new Pacer(log);
	await ticks(pacer, 2);
	expect(await ticks(pacer, 2)).toHaveLength(2);
});
