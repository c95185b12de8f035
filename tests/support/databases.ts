import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, describe } from 'vitest';
import { openPglite, openPostgres, type Database } from '#lib/server/db/database.ts';

export type DatabaseKind = {
	readonly name: 'PGlite' | 'Postgres';
	/** A fresh, migrated database; closed and dropped by itself at the end of the file. */
	open(): Promise<Database>;
	/** URL for a second portal on the same database; null for PGlite, which only one process can have. */
	url(database: Database): string | null;
};

/** Runs the same tests on PGlite and on a real Postgres. */
export function describeOnEachDatabase(name: string, body: (kind: DatabaseKind) => void): void {
	describe(`${name} on PGlite`, () => {
		const opened: Database[] = [];
		afterAll(() => Promise.all(opened.map((database) => database.close())));
		body({
			name: 'PGlite',
			async open() {
				const database = await openPglite(null);
				await database.migrate();
				opened.push(database);
				return database;
			},
			url: () => null
		});
	});

	const cluster = postgresCluster();
	describe(`${name} on Postgres`, () => {
		const opened: { database: Database; url: string; name: string }[] = [];
		afterAll(async () => {
			for (const { database, name } of opened) {
				await database.close();
				await cluster.drop(name);
			}
			cluster.stop();
		});
		body({
			name: 'Postgres',
			async open() {
				const { url, name } = await cluster.create();
				const database = openPostgres(url);
				await database.migrate();
				opened.push({ database, url, name });
				return database;
			},
			url: (database) => opened.find((one) => one.database === database)?.url ?? null
		});
	});
}

export type Cluster = {
	create(): Promise<{ url: string; name: string }>;
	drop(name: string): Promise<void>;
	stop(): void;
};

/**
 * A private Postgres cluster in a temporary folder, started at first use.
 * `TEST_DATABASE_URL` names a server that is there already and may make databases.
 */
export function postgresCluster(): Cluster {
	let running: { base: string; stop: () => void } | null = null;
	let count = 0;
	const base = async (): Promise<string> => {
		const given = process.env['TEST_DATABASE_URL'];
		if (given) return given;
		running ??= await startCluster();
		return running.base;
	};
	const admin = async (statement: string): Promise<void> => {
		const client = postgres(await base(), { max: 1, onnotice: () => undefined });
		await client.unsafe(statement);
		await client.end();
	};
	return {
		async create() {
			const name = `voxbento_test_${process.pid}_${count++}`;
			await admin(`create database ${name}`);
			const url = new URL(await base());
			url.pathname = `/${name}`;
			return { url: url.href, name };
		},
		drop: (name) => admin(`drop database if exists ${name} with (force)`),
		stop() {
			running?.stop();
			running = null;
		}
	};
}

function postgresBinaries(): string {
	const root = '/usr/lib/postgresql';
	const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
	const [newest] = versions;
	if (newest) return join(root, newest, 'bin');
	const found = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
	if (found.status === 0) return found.stdout.trim();
	throw new Error(
		'These tests need Postgres. Install it (apt-get install postgresql) or set TEST_DATABASE_URL.'
	);
}

async function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() =>
				typeof address === 'object' && address
					? resolve(address.port)
					: reject(new Error('no port'))
			);
		});
	});
}

async function startCluster(): Promise<{ base: string; stop: () => void }> {
	const bin = postgresBinaries();
	const folder = mkdtempSync(join(tmpdir(), 'voxbento-pg-'));
	const port = await freePort();
	// Postgres refuses to run as root; Debian's package brings the user `postgres`.
	const asRoot = process.getuid?.() === 0;
	const run = (command: string, args: string[]): void => {
		const [file, argv] = asRoot
			? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]]
			: [command, args];
		execFileSync(file as string, argv as string[], { stdio: 'ignore', cwd: folder });
	};
	if (asRoot) execFileSync('chown', ['postgres:postgres', folder]);
	chmodSync(folder, 0o700);
	const data = join(folder, 'data');
	run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync']);
	const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
	run(join(bin, 'pg_ctl'), ['-D', data, '-w', '-l', join(folder, 'log'), '-o', settings, 'start']);
	return {
		base: `postgres://postgres@127.0.0.1:${port}/postgres`,
		stop() {
			run(join(bin, 'pg_ctl'), ['-D', data, '-w', '-m', 'immediate', 'stop']);
			rmSync(folder, { recursive: true, force: true });
		}
	};
}
