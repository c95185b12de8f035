import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Runs `scripts/{name}.ts` to its end, as `npm run` does. @returns exit code and both outputs, one after the other */
export function runScript(
	name: string,
	args: readonly string[],
	env: Readonly<Record<string, string>>
): Promise<{ code: number; out: string }> {
	return new Promise((done) => {
		execFile(
			process.execPath,
			['--import', 'tsx', `scripts/${name}.ts`, ...args],
			{ cwd: ROOT, env: { ...process.env, ...env } },
			(error, stdout, stderr) =>
				done({ code: typeof error?.code === 'number' ? error.code : 0, out: stdout + stderr })
		);
	});
}
