import { sql } from 'drizzle-orm';
import type { Health, Readiness } from '#lib/protocol/rest.ts';
import { migrationStatus, type Db } from './db/database.ts';
import type { MediaServer } from './media/media-server.ts';

export type HealthChecks = {
	/** Is this process alive, and what of its surroundings answers? */
	health(): Promise<Health>;
	/** Whether people should be sent to this portal. */
	readiness(): Promise<Readiness>;
};

const VERSION = '0.1.0';

export function createHealth({
	db,
	media,
	activeWorkers,
	isDraining
}: {
	db: Db;
	media: Pick<MediaServer, 'health'>;
	activeWorkers: () => number;
	isDraining: () => boolean;
}): HealthChecks {
	const startedAt = Date.now();

	return {
		async health() {
			const [databaseOk, mediaOk] = await Promise.all([answers(db), media.health()]);
			return {
				ok: databaseOk && !isDraining(),
				server: 'voxbento',
				version: VERSION,
				mediamtx_ok: mediaOk,
				database_ok: databaseOk,
				active_workers: activeWorkers(),
				uptime_s: Math.round((Date.now() - startedAt) / 1000)
			};
		},

		async readiness() {
			const status = await migrationStatus(db).catch(() => null);
			const databaseOk = status !== null;
			const isCurrent = status?.pending.length === 0;
			const draining = isDraining();
			return {
				ready: databaseOk && isCurrent && !draining,
				database_ok: databaseOk,
				migrations_current: isCurrent,
				draining
			};
		}
	};
}

async function answers(db: Db): Promise<boolean> {
	try {
		await db.execute(sql`select 1`);
		return true;
	} catch {
		return false;
	}
}
