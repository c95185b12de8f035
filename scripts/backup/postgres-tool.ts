import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Fault } from '../fault.js';

/**
 * Runs one of Postgres' own tools.
 *
 * @throws Fault with its last line, or with what to install; the URL with its password is not shown
 */
export async function postgresTool(
	tool: 'pg_dump' | 'pg_restore',
	args: readonly string[]
): Promise<void> {
	const child = spawn(tool, args, { stdio: ['ignore', 'ignore', 'pipe'] });
	let said = '';
	child.stderr
		.setEncoding('utf8')
		.on('data', (text: string) => (said = (said + text).slice(-4_000)));
	let code: unknown;
	try {
		[code] = await once(child, 'close');
	} catch {
		throw new Fault(
			`There is no ${tool} here. Install postgresql-client, or use the database's own: docker compose exec db ${tool} …`
		);
	}
	if (code !== 0) {
		const url = args.find((arg) => arg.startsWith('postgres')) ?? '';
		throw new Fault(
			`${tool} ended with ${String(code)}: ${said.trim().replaceAll(url, 'the database')}`
		);
	}
}
