import path from 'node:path';
import { ROOT } from '../setup.js';

/**
 * One step of `npm test`: one or several commands of Node, judged by their exit code and, where the last one is
 * a test runner, by its report.
 *
 * @typedef {object} TestStep
 * @property {string} name
 * @property {boolean} cheap runs even when an earlier cheap one failed
 * @property {boolean} needsBuild
 * @property {boolean} needsPrograms things npm does not have: a browser, Postgres, ffmpeg
 * @property {string[][]} commands
 * @property {string} [report] JSON file the last command writes
 * @property {number} minutes after so long it hangs
 */

/** @param {string} file */
const tool = (file) => path.join(ROOT, 'node_modules', file);
/** @param {string} name */
const reportOf = (name) => path.join(ROOT, 'test-results', `${name}.json`);

/**
 * @param {string} project
 * @param {Omit<TestStep, 'name' | 'report' | 'commands'>} how
 * @returns {TestStep}
 */
function vitest(project, how) {
	const report = reportOf(project);
	return {
		name: project,
		...how,
		report,
		commands: [
			[
				...[tool('vitest/vitest.mjs'), 'run', '--project', project],
				...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
			]
		]
	};
}

/** In the order in which a mistake is found soonest. @type {TestStep[]} */
export const STEPS = [
	{
		...{ name: 'lint', cheap: true, needsBuild: false, needsPrograms: false, minutes: 10 },
		commands: [
			[tool('eslint/bin/eslint.js'), '.'],
			[tool('prettier/bin/prettier.cjs'), '--check', '.']
		]
	},
	{
		...{ name: 'types', cheap: true, needsBuild: false, needsPrograms: false, minutes: 10 },
		commands: [
			[tool('svelte-check/bin/svelte-check'), '--tsconfig', './tsconfig.json', '--fail-on-warnings']
		]
	},
	vitest('unit', { cheap: true, needsBuild: false, needsPrograms: false, minutes: 10 }),
	{
		...{ name: 'build', cheap: false, needsBuild: false, needsPrograms: false, minutes: 10 },
		commands: [['scripts/build.js']]
	},
	vitest('contracts', { cheap: false, needsBuild: false, needsPrograms: true, minutes: 20 }),
	vitest('integration', { cheap: false, needsBuild: true, needsPrograms: true, minutes: 20 }),
	{
		...{ name: 'browser', cheap: false, needsBuild: true, needsPrograms: true, minutes: 25 },
		report: reportOf('browser'),
		commands: [[tool('@playwright/test/cli.js'), 'test', '--reporter=list,json']]
	}
];
