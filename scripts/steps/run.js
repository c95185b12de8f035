import { spawn } from 'node:child_process';
import { Fault } from '../fault.js';

/**
 * Runs a command to its end. Its output is shown as it comes with `show`, else only when it fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, show?: boolean, shell?: boolean, timeoutMs?: number }} options
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(
	command,
	args,
	{ cwd, env = process.env, show = false, shell = false, timeoutMs }
) {
	return new Promise((resolve) => {
		const stdio = /** @type {const} */ (['ignore', 'pipe', 'pipe']);
		const child = spawn(command, args, { cwd, env, stdio: [...stdio], shell, timeout: timeoutMs });
		/** @type {string[]} */
		const said = [];
		for (const [stream, target] of /** @type {const} */ ([
			[child.stdout, process.stdout],
			[child.stderr, process.stderr]
		])) {
			stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
				said.push(text);
				if (show) target.write(text);
			});
		}
		// Whoever stops us in the middle must not leave a build or a test behind.
		const end = () => child.kill();
		process.once('exit', end);
		child.once('error', (error) => resolve({ code: 127, output: error.message }));
		child.once('close', (code) => {
			process.off('exit', end);
			resolve({ code: code ?? 1, output: said.join('') });
		});
	});
}

/**
 * Like `run`, for a step that has to work.
 *
 * @param {string} what the step in words, for the sentence when it fails
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, show?: boolean, shell?: boolean }} options
 */
export async function mustRun(what, command, args, options) {
	const { code, output } = await run(command, args, options);
	if (code === 0) return;
	if (!options.show) console.error(output.trimEnd());
	throw new Fault(`${what} failed (exit ${code}); the reason stands above.`);
}
