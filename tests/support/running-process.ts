import { spawn } from 'node:child_process';

/** A process that a test started and that the same test ends. */
export type RunningProcess = {
	readonly pid: number;
	/** What it wrote so far, both streams. */
	output(): string;
	/** Resolves when it is gone, however it ended. */
	readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
	/** SIGTERM, then SIGKILL after `withinMs`. @throws when it had to be killed or ended with a fault. */
	stop(withinMs?: number): Promise<void>;
	/** SIGKILL at once: a crash, seen from outside. */
	kill(): Promise<void>;
};

export function startProcess(
	command: string,
	args: readonly string[],
	{ env, cwd }: { env?: Record<string, string>; cwd?: string } = {}
): RunningProcess {
	const child = spawn(command, args, {
		cwd,
		env: { ...process.env, ...env },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	const said: string[] = [];
	child.stdout.setEncoding('utf8').on('data', (text: string) => said.push(text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
	const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
		child.on('error', (error) => {
			said.push(String(error));
			resolve({ code: 127, signal: null });
		});
		child.on('close', (code, signal) => resolve({ code, signal }));
	});
	// A test run that dies must not leave its servers behind.
	const killWithUs = (): void => void child.kill('SIGKILL');
	process.once('exit', killWithUs);
	void ended.then(() => process.off('exit', killWithUs));

	const output = (): string => said.join('');
	return {
		pid: child.pid ?? 0,
		output,
		ended,
		async stop(withinMs = 5_000) {
			const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
			child.kill('SIGTERM');
			const { code, signal } = await ended;
			clearTimeout(timer);
			if (signal === 'SIGKILL') throw new Error(`did not stop within ${withinMs} ms:\n${output()}`);
			if (code !== 0 && signal !== 'SIGTERM')
				throw new Error(`ended with ${code ?? signal}:\n${output()}`);
		},
		async kill() {
			child.kill('SIGKILL');
			await ended;
		}
	};
}
