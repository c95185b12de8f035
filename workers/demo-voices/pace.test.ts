import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pace } from './pace.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

test('takes a turn every 20 ms, counted from nought', () => {
	const turns: number[] = [];
	const stop = pace(20, (count) => turns.push(count));
	vi.advanceTimersByTime(100);
	expect(turns).toEqual([0, 1, 2, 3, 4, 5]);
	stop();
	vi.advanceTimersByTime(100);
	expect(turns).toHaveLength(6);
});

/** A clock that moves only when told, so that a busy or sleeping machine can be played. */
function turnsAt(momentsMs: number[]): number[] {
	let nowMs = 0;
	const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
	let turns = 0;
	const stop = pace(20, () => (turns += 1));
	const seen = momentsMs.map((moment) => {
		nowMs = moment;
		vi.advanceTimersToNextTimer();
		return turns;
	});
	stop();
	clock.mockRestore();
	return seen;
}

test('makes up for a short delay', () => {
	expect(turnsAt([20, 130, 140])).toEqual([2, 7, 8]);
});

test('leaves out what was missed while the machine slept', () => {
	// The overdue turn and none of the 2,999 others.
	expect(turnsAt([60_000, 60_020])).toEqual([2, 3]);
});
