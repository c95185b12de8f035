import { readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/**
 * Of both runners' reports what is read here.
 *
 * @typedef {object} Report
 * @property {number} [numPassedTests] Vitest
 * @property {number} [numFailedTests]
 * @property {number} [numPendingTests]
 * @property {number} [numTodoTests]
 * @property {{ status: string, assertionResults: unknown[] }[]} [testResults]
 * @property {{ expected: number, unexpected: number, flaky: number, skipped: number }} [stats] Playwright
 * @property {unknown[]} [errors]
 */

/**
 * What a test runner's JSON report says, held against how the runner ended: a file that could not be loaded, a
 * rejection nobody handled or a report that is missing must not pass for success.
 *
 * @param {Report | null} report null when there is none
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countsOf(report, exitCode) {
	const counts = (report && (ofVitest(report) ?? ofPlaywright(report))) ?? {
		passed: 0,
		failed: 0,
		skipped: 0
	};
	if (counts.failed === 0 && (exitCode !== 0 || counts.passed === 0)) counts.failed = 1;
	return counts;
}

/**
 * @param {string} file
 * @returns {Report | null} null when it cannot be read
 */
export function readReport(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return null;
	}
}

/**
 * @param {Report} report
 * @returns {Counts | null}
 */
function ofVitest({ numPassedTests, numFailedTests = 0, numPendingTests = 0, ...rest }) {
	if (numPassedTests === undefined) return null;
	const unloadable = (rest.testResults ?? []).filter(
		(file) => file.status === 'failed' && file.assertionResults.length === 0
	);
	return {
		passed: numPassedTests,
		failed: numFailedTests + unloadable.length,
		skipped: numPendingTests + (rest.numTodoTests ?? 0)
	};
}

/**
 * @param {Report} report
 * @returns {Counts | null}
 */
function ofPlaywright({ stats, errors = [] }) {
	if (stats === undefined) return null;
	// A test that passes only sometimes has failed.
	const failed = stats.unexpected + stats.flaky + errors.length;
	return { passed: stats.expected, failed, skipped: stats.skipped };
}

/**
 * The table at the end, and alone on its last line the sum.
 *
 * @param {readonly { name: string, seconds: number, counts: Counts | null }[]} steps counts null: not run
 */
export function summary(steps) {
	const lines = steps.map(({ name, seconds, counts }) => {
		const label = name.padEnd(12);
		if (counts === null) return `${label}  not run`;
		const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
		const time = `${seconds.toFixed(0).padStart(5)} s`;
		return `${label}${time}  ${counts.passed} passed, ${counts.failed} failed${skipped}`;
	});
	const ran = steps.flatMap(({ counts }) => counts ?? []);
	const sum = (/** @type {'passed' | 'failed'} */ key) => ran.reduce((n, one) => n + one[key], 0);
	const seconds = steps.reduce((n, step) => n + step.seconds, 0);
	return [
		'',
		...lines,
		`${'total'.padEnd(12)}${seconds.toFixed(0).padStart(5)} s`,
		`${sum('passed')} passed, ${sum('failed')} failed`
	].join('\n');
}
