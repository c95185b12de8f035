// `npm test`: installs what it needs and runs every check; `npm test -- --only unit` runs one step.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { command, Fault } from './fault.js';
import { ROOT } from './setup.js';
import { ensureBuilt } from './steps/build-step.js';
import { ensureInstalled } from './steps/install.js';
import { requireNodeVersion } from './steps/node-version.js';
import { mustRun, run } from './steps/run.js';
import { ensurePrograms } from './test/packages.js';
import { countsOf, readReport, summary } from './test/report.js';
import { STEPS } from './test/steps.js';

/** @typedef {import('./test/report.js').Counts} Counts */
/** @typedef {import('./test/steps.js').TestStep} TestStep */

requireNodeVersion();
await command(async () => {
	const { values } = parseArgs({ options: { only: { type: 'string' } } });
	const chosen = STEPS.filter(({ name }) => values.only === undefined || values.only === name);
	if (chosen.length === 0)
		throw new Fault(
			`There is no step ${values.only}; there are: ${STEPS.map(({ name }) => name).join(', ')}.`
		);

	await ensureInstalled(ROOT, console.log);
	if (chosen.some(({ needsPrograms }) => needsPrograms)) await ensurePrograms(console.log);
	await generate();
	rmSync(path.join(ROOT, 'test-results'), { recursive: true, force: true });

	/** @type {{ name: string, seconds: number, counts: Counts | null }[]} */
	const results = [];
	let failed = false;
	for (const step of chosen) {
		const startedAt = performance.now();
		/** @type {Counts | null} */
		const counts = failed && !step.cheap ? null : await runStep(step);
		if (counts !== null && counts.failed > 0) failed = true;
		results.push({ name: step.name, seconds: (performance.now() - startedAt) / 1000, counts });
	}
	console.log(summary(results));
	if (failed) process.exitCode = 1;
});

/** Types and messages that others are checked against; a clone does not have them yet. */
async function generate() {
	/** @param {string[]} args */
	const node = (...args) => mustRun('Preparing', process.execPath, args, { cwd: ROOT });
	await node(path.join(ROOT, 'node_modules/@sveltejs/kit/svelte-kit.js'), 'sync');
	await node(
		path.join(ROOT, 'node_modules/@inlang/paraglide-js/bin/run.js'),
		...['compile', '--project', './project.inlang', '--outdir', './src/lib/paraglide']
	);
}

/**
 * @param {TestStep} step
 * @returns {Promise<Counts>}
 */
async function runStep({ name, commands, report, needsBuild, minutes }) {
	console.log(`\n── ${name} ${'─'.repeat(60 - name.length)}`);
	if (needsBuild) await ensureBuilt(ROOT, console.log);
	let code = 0;
	for (const args of commands) {
		const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
		const options = { cwd: ROOT, env, show: true, timeoutMs: minutes * 60_000 };
		code ||= (await run(process.execPath, args, options)).code;
	}
	if (report !== undefined) return countsOf(readReport(report), code);
	return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}
