import { expect, test } from 'vitest';
import { MAX_COPIES, Redundancy } from './redundancy.ts';

/** Copies after each of these reports (share lost, in 1/256). */
function copies(reports: readonly number[]): number[] {
	const redundancy = new Redundancy();
	return reports.map((fractionLost) => {
		redundancy.report(fractionLost);
		return redundancy.copies;
	});
}

test('a listener without loss gets none', () => {
	expect(copies([0, 1, 0, 1])).toEqual([0, 0, 0, 0]);
});

test('the more is lost, the more copies, at once', () => {
	expect(copies([2, 5, 10, 255])).toEqual([1, 2, MAX_COPIES, MAX_COPIES]);
	expect(copies([26])).toEqual([MAX_COPIES]);
});

test('they go one by one, each after three better reports in a row', () => {
	expect(copies([26, 0, 0, 0, 0, 0, 0, 0, 0, 0])).toEqual([3, 3, 3, 2, 2, 2, 1, 1, 1, 0]);
});

test('one bad report among better ones keeps them', () => {
	expect(copies([26, 0, 0, 26, 0, 0, 0])).toEqual([3, 3, 3, 3, 3, 3, 2]);
});
