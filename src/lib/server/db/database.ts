import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import * as schema from './schema.ts';

/** The database as every service sees it; PGlite and Postgres behave alike behind it. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

/** Told of every statement, so that a test can count them. */
export type QueryLogger = { logQuery(query: string, params: unknown[]): void };

export type Database = {
	readonly db: Db;
	readonly kind: 'pglite' | 'postgres';
	/** Applies what is missing, one process at a time. */
	migrate(): Promise<void>;
	readonly listen: Listen;
	/** All of PGlite as a gzipped archive, taken while it runs; null for Postgres, which has its own tools. */
	readonly archive: (() => Promise<Uint8Array>) | null;
	close(): Promise<void>;
};

/**
 * Hears what the processes on this database say with `pg_notify`. Words said while the connection was lost
 * are not heard later.
 *
 * @returns how to stop
 */
export type Listen = (
	channel: string,
	heard: (payload: string) => void
) => Promise<() => Promise<void>>;

const MIGRATIONS = { migrationsFolder: resolve('drizzle/migrations') };
/** Any fixed number: whoever migrates this database holds it. */
const MIGRATION_LOCK = 8_697_066;

/** PGlite in `folder` (null: in memory, for tests). The caller holds the folder's lock. */
export async function openPglite(folder: string | null, logger?: QueryLogger): Promise<Database> {
	const client = await PGlite.create(folder === null ? {} : { dataDir: join(folder, 'database') });
	const db = drizzlePglite(client, { schema, ...(logger ? { logger } : {}) });
	return {
		db: db as unknown as Db,
		kind: 'pglite',
		migrate: () => migratePglite(db, MIGRATIONS),
		listen: (channel, heard) => client.listen(channel, heard),
		archive: async () => (await client.dumpDataDir('gzip')).bytes(),
		close: () => client.close()
	};
}

/** Makes the database of `folder` from an archive. The caller holds the lock, and there is none there yet. */
export async function restorePglite(
	folder: string,
	archive: Uint8Array<ArrayBuffer>
): Promise<void> {
	const client = await PGlite.create({
		dataDir: join(folder, 'database'),
		loadDataDir: new Blob([archive])
	});
	await client.close();
}

/** Postgres at `url`. Connects lazily; at most `maxConnections` at once. */
export function openPostgres(url: string, maxConnections = 10, logger?: QueryLogger): Database {
	const options = { onnotice: () => undefined, connect_timeout: 10 };
	const client = postgres(url, { ...options, max: maxConnections });
	return {
		db: drizzlePostgres(client, { schema, ...(logger ? { logger } : {}) }) as unknown as Db,
		kind: 'postgres',
		async migrate() {
			// Its own single connection, because an advisory lock belongs to the connection that took it.
			const single = postgres(url, { ...options, max: 1 });
			try {
				await single`select pg_advisory_lock(${MIGRATION_LOCK})`;
				await migratePostgres(drizzlePostgres(single), MIGRATIONS);
			} finally {
				await single.end({ timeout: 5 });
			}
		},
		async listen(channel, heard) {
			// On a connection of its own, which postgres.js opens again when it is lost.
			const { unlisten } = await client.listen(channel, heard);
			return unlisten;
		},
		archive: null,
		close: () => client.end({ timeout: 5 })
	};
}

export type MigrationStatus = { readonly applied: number; readonly pending: readonly string[] };

/** Which migrations of this version the database has not seen yet. */
export async function migrationStatus(db: Db): Promise<MigrationStatus> {
	const known = readMigrationFiles(MIGRATIONS);
	const found = await db.execute(
		sql`select to_regclass('drizzle.__drizzle_migrations')::text as name`
	);
	const exists = rowsOf<{ name: string | null }>(found)[0]?.name !== null;
	const rows = exists
		? rowsOf<{ hash: string }>(await db.execute(sql`select hash from drizzle.__drizzle_migrations`))
		: [];
	const applied = new Set(rows.map((row) => row.hash));
	const pending = known.filter((migration) => !applied.has(migration.hash));
	return {
		applied: known.length - pending.length,
		pending: pending.map((migration) => new Date(migration.folderMillis).toISOString())
	};
}

/** Rows of a raw query: postgres.js answers an array, PGlite an object with `rows`. */
export function rowsOf<Row>(result: unknown): Row[] {
	if (Array.isArray(result)) return result as Row[];
	if (typeof result === 'object' && result !== null && 'rows' in result)
		return result.rows as Row[];
	return [];
}
