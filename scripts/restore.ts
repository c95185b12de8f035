// `npm run restore -- FOLDER [--force]`: what `npm run backup` wrote, into the database of the environment.
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DATABASE_FILE, POSTGRES_FILE, restoreSecrets } from './backup/contents.ts';
import { postgresTool } from './backup/postgres-tool.ts';
import { command, Fault } from './fault.js';
import { ROOT } from './setup.js';
import { environment } from './start/environment.js';
import { localPortal } from './start/local-endpoint.js';
import { DataDirFault, lockDataDir } from '#lib/server/data-dir.ts';
import { restorePglite } from '#lib/server/db/database.ts';

const USAGE = `Usage: npm run restore -- FOLDER            into an empty data folder or database
       npm run restore -- FOLDER --force    a database that is there is set aside (PGlite) or replaced (Postgres)
Stop the portal first.`;

await command(async () => {
	const { folder, force } = options();
	const env = environment(ROOT);
	const { dataFolder } = localPortal(env, ROOT);
	mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
	const unlock = take(dataFolder);
	try {
		const url = env['DATABASE_URL'];
		if (url) await intoPostgres(path.join(folder, POSTGRES_FILE), url, force);
		else await intoPglite(path.join(folder, DATABASE_FILE), dataFolder, force);
		restoreSecrets(folder, dataFolder, force);
	} finally {
		unlock();
	}
	console.log('Restored. Start the portal: npm start');
});

function options(): { folder: string; force: boolean } {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		strict: false,
		options: { force: { type: 'boolean', default: false } }
	});
	const [folder, ...others] = positionals;
	if (folder === undefined || others.length > 0) throw new Fault(USAGE);
	return { folder: path.resolve(folder), force: values.force === true };
}

function take(dataFolder: string): () => void {
	try {
		return lockDataDir(dataFolder);
	} catch (error) {
		throw error instanceof DataDirFault ? new Fault(error.message) : error;
	}
}

async function intoPglite(file: string, dataFolder: string, force: boolean): Promise<void> {
	if (!existsSync(file))
		throw new Fault(`There is no ${file}. Is it a backup of Postgres? Then set DATABASE_URL.`);
	const place = path.join(dataFolder, 'database');
	if (existsSync(place)) {
		if (!force) throw new Fault(`There is a database in ${dataFolder} already.\n${USAGE}`);
		renameSync(place, `${place}-before-${Date.now()}`);
	}
	await restorePglite(dataFolder, readFileSync(file));
}

async function intoPostgres(file: string, url: string, force: boolean): Promise<void> {
	if (!existsSync(file))
		throw new Fault(
			`There is no ${file}. Is it a backup of the embedded database? Then leave DATABASE_URL empty.`
		);
	const replacing = force ? ['--clean', '--if-exists'] : [];
	// All or nothing: a half restored database would look like a whole one.
	await postgresTool('pg_restore', [
		'--single-transaction',
		'--no-owner',
		...replacing,
		'--dbname',
		url,
		file
	]);
}
