import { describe, expect, test } from 'vitest';
import { countsOf, summary } from './report.js';

const vitest = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 };
const playwright = { stats: { expected: 4, unexpected: 0, flaky: 0, skipped: 2 }, errors: [] };

describe('what a report says', () => {
	test('is counted, for either runner', () => {
		expect(countsOf(vitest, 0)).toEqual({ passed: 7, failed: 0, skipped: 2 });
		expect(countsOf(playwright, 0)).toEqual({ passed: 4, failed: 0, skipped: 2 });
	});

	test.each([
		['a test failed', { ...vitest, numFailedTests: 2 }, 1, 2],
		[
			'a file could not be loaded',
			{ ...vitest, testResults: [{ status: 'failed', assertionResults: [] }] },
			1,
			1
		],
		['the runner failed without a failed test', vitest, 1, 1],
		['there is no report', null, 0, 1],
		['nothing ran', { ...vitest, numPassedTests: 0 }, 0, 1],
		['a test passed only at the second try', { stats: { ...playwright.stats, flaky: 1 } }, 0, 1],
		['a browser test file could not be loaded', { ...playwright, errors: [{}] }, 1, 1]
	])('counts as failed when %s', (_name, report, exitCode, failed) => {
		expect(countsOf(report, exitCode).failed).toBe(failed);
	});
});

test('the last line is the sum, alone', () => {
	const counts = { passed: 3, failed: 1, skipped: 0 };
	const text = summary([
		{ name: 'unit', seconds: 61.4, counts },
		{ name: 'contracts', seconds: 2, counts: { passed: 4, failed: 0, skipped: 1 } },
		{ name: 'browser', seconds: 0, counts: null }
	]);
	expect(text.split('\n').slice(1)).toEqual([
		'unit           61 s  3 passed, 1 failed',
		'contracts       2 s  4 passed, 0 failed, 1 skipped',
		'browser       not run',
		'total          63 s',
		'7 passed, 1 failed'
	]);
});
