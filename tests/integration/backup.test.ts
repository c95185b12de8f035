import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecretBox } from '#lib/server/auth/secret-box.ts';
import { openPglite, openPostgres } from '#lib/server/db/database.ts';
import { events, signingKeys } from '#lib/server/db/schema.ts';
import { postgresCluster } from '../support/databases.ts';
import { runScript as run } from '../support/run-script.ts';
import { startStack, type Stack } from '../support/stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'voxbento-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a backup of the embedded database', () => {
	let stack: Stack;
	beforeAll(async () => {
		stack = await startStack();
	});
	const backup = join(folder, 'embedded');
	const restored = join(folder, 'restored');

	it('is taken while the portal runs, and is whole', async () => {
		const here = { PORT: new URL(stack.url).port, DATA_DIR: stack.dataDir };
		// The first ticket makes the key that signs it.
		await stack.command('token', { action: 'read', path: 'demo/fr' });
		const made = await run('backup', [backup], here);
		expect(made).toMatchObject({ code: 0 });
		expect((await run('backup', [backup], here)).out).toContain('Name one that does not exist yet');
		expect((await run('restore', [backup], here)).out).toContain('is in use by process');
		await stack.stop();
	});

	it('brings back events, and keys that can be decrypted', async () => {
		const there = { DATA_DIR: restored };
		expect(await run('restore', [backup], there)).toMatchObject({ code: 0 });
		const database = await openPglite(restored);
		expect((await database.db.select().from(events)).map(({ slug }) => slug)).toEqual(['demo']);
		const [key] = await database.db.select().from(signingKeys);
		await database.close();
		const box = createSecretBox([readFileSync(join(restored, 'portal.secret'), 'utf8').trim()]);
		expect(key).toBeDefined();
		expect(box.open(key?.privateJwkEncrypted ?? '', 'media-signing-key')).toMatchObject({
			ok: true
		});
	});

	it('never overwrites a database that is there, unless told to; then it sets it aside', async () => {
		const there = { DATA_DIR: restored };
		expect((await run('restore', [backup], there)).out).toContain('There is a database in');
		expect(await run('restore', [backup, '--force'], there)).toMatchObject({ code: 0 });
		expect(existsSync(join(restored, 'database'))).toBe(true);
	});
});

describe('a backup of Postgres', () => {
	const cluster = postgresCluster();
	afterAll(() => cluster.stop());

	it('goes from one server’s database into another', async () => {
		const [from, to] = [await cluster.create(), await cluster.create()];
		const source = openPostgres(from.url);
		await source.migrate();
		await source.db.insert(events).values({ slug: 'kept', displayName: 'Kept' });
		const backup = join(folder, 'postgres');
		const [old, fresh] = [join(folder, 'data-old'), join(folder, 'data-new')];

		const made = await run('backup', [backup], { DATABASE_URL: from.url, DATA_DIR: old });
		expect(made).toMatchObject({ code: 0 });
		const done = await run('restore', [backup], { DATABASE_URL: to.url, DATA_DIR: fresh });
		expect(done).toMatchObject({ code: 0 });

		const target = openPostgres(to.url);
		expect((await target.db.select().from(events)).map(({ slug }) => slug)).toEqual(['kept']);
		await Promise.all([source.close(), target.close()]);
		const again = await run('restore', [backup], { DATABASE_URL: to.url, DATA_DIR: fresh });
		expect(again.code).toBe(1);
		expect(again.out).not.toContain(to.url);
	});
});
