// `npm run backup [-- FOLDER]`: the database and the secret that decrypts it, in a folder of their own.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { copySecrets, DATABASE_FILE, POSTGRES_FILE } from './backup/contents.ts';
import { postgresTool } from './backup/postgres-tool.ts';
import { command, errorCode, Fault } from './fault.js';
import { ROOT } from './setup.js';
import { environment } from './start/environment.js';
import { askPortal, localPortal } from './start/local-endpoint.js';
import { lockDataDir } from '#lib/server/data-dir.ts';
import { openPglite } from '#lib/server/db/database.ts';

await command(async () => {
	const [named, ...others] = process.argv.slice(2);
	if (others.length > 0 || named?.startsWith('-'))
		throw new Fault('Usage: npm run backup [-- FOLDER]');
	const env = environment(ROOT);
	const portal = localPortal(env, ROOT);
	const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
	const folder = path.resolve(named ?? `voxbento-backup-${stamp}`);
	try {
		mkdirSync(folder, { mode: 0o700 });
	} catch (error) {
		throw new Fault(
			`The folder ${folder} cannot be made (${errorCode(error)}). Name one that does not exist yet.`
		);
	}

	const url = env['DATABASE_URL'];
	if (url)
		await postgresTool('pg_dump', [
			'--format=custom',
			'--no-owner',
			'--file',
			path.join(folder, POSTGRES_FILE),
			url
		]);
	else await archive(portal, path.join(folder, DATABASE_FILE));
	const secrets = copySecrets(portal.dataFolder, folder);
	console.log(
		`${folder}\n  ${url ? POSTGRES_FILE : DATABASE_FILE}${secrets.map((name) => `\n  ${name}`).join('')}`
	);
	console.log('Keep it where nobody else reads: whoever has it has every account and every key.');
});

/** Through the portal while it runs, for only it may open its database. */
async function archive(
	portal: { dataFolder: string; portalUrl: string },
	file: string
): Promise<void> {
	const isRunning = await fetch(`${portal.portalUrl}/healthz`).then(
		() => true,
		() => false
	);
	if (isRunning) return void (await askPortal(portal, 'backup', { file }));
	const unlock = lockDataDir(portal.dataFolder);
	const database = await openPglite(portal.dataFolder);
	const bytes = await database.archive?.();
	await database.close();
	unlock();
	if (bytes) writeFileSync(file, bytes, { flag: 'wx', mode: 0o600 });
}
