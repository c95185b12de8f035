import { createHash } from 'node:crypto';
import { and, gt, inArray, lt, sql } from 'drizzle-orm';
import type { Db } from '../db/database.ts';
import { attempts } from '../db/schema.ts';
import type { Log } from '../log.ts';
import { repeating } from '../repeating.ts';

/** Wrong guesses under one key, and how long until they are forgotten. */
export type Count = { readonly wrong: number; readonly remainingMs: number };

export type AttemptStore = {
	/** Counts under these keys; a key with none is absent. */
	read(keys: readonly string[]): Promise<ReadonlyMap<string, Count>>;
	/** One more under each key. A window begins with its first wrong guess. @returns the counts then */
	add(
		windows: readonly { readonly key: string; readonly perSeconds: number }[]
	): Promise<ReadonlyMap<string, Count>>;
	/** Forgets what is over. @returns how many keys that were */
	clean(): Promise<number>;
	start(): void;
	stop(): Promise<void>;
};

const CLEAN_EVERY_MS = 10 * 60_000;

/**
 * In the database, with one atomic statement for a count, so that portals and restarts share it.
 * Decision 050 says why it is not the library's own store.
 */
export function createAttemptStore(db: Db, log: Log, now: () => number = Date.now): AttemptStore {
	const counted = (
		keys: readonly string[],
		rows: readonly { key: string; wrong: number; endsAt: Date }[]
	): ReadonlyMap<string, Count> => {
		const byHash = new Map(rows.map((row) => [row.key, row]));
		return new Map(
			keys.flatMap((key) => {
				const row = byHash.get(hashed(key));
				return row === undefined
					? []
					: [[key, { wrong: row.wrong, remainingMs: row.endsAt.getTime() - now() }]];
			})
		);
	};

	const store: AttemptStore = {
		async read(keys) {
			const rows = await db
				.select()
				.from(attempts)
				.where(and(inArray(attempts.key, keys.map(hashed)), gt(attempts.endsAt, new Date(now()))));
			return counted(keys, rows);
		},

		async add(windows) {
			const at = now();
			const rows = await db
				.insert(attempts)
				.values(
					windows
						.map(({ key, perSeconds }) => ({
							...{ key: hashed(key), wrong: 1, endsAt: new Date(at + perSeconds * 1000) }
						}))
						// Always in the same order: two guesses that share keys must not wait for each other.
						.sort((a, b) => (a.key < b.key ? -1 : 1))
				)
				.onConflictDoUpdate({
					target: attempts.key,
					set: {
						wrong: sql`case when ${isOver(at)} then 1 else ${attempts.wrong} + 1 end`,
						endsAt: sql`case when ${isOver(at)} then excluded.ends_at else ${attempts.endsAt} end`
					}
				})
				.returning();
			return counted(
				windows.map(({ key }) => key),
				rows
			);
		},

		async clean() {
			const gone = await db
				.delete(attempts)
				.where(lt(attempts.endsAt, new Date(now())))
				.returning({ key: attempts.key });
			return gone.length;
		},

		start: () => loop.start(),
		stop: () => loop.stop()
	};
	const loop = repeating(
		async () => {
			const gone = await store.clean();
			log.debug({ gone }, 'forgot wrong guesses whose time is over');
		},
		{
			everyMs: CLEAN_EVERY_MS,
			failed: (error) => log.error({ err: error }, 'wrong guesses not forgotten')
		}
	);
	return store;
}

/** Keys carry addresses of people; who tried what is nobody's affair a minute later. */
function hashed(key: string): string {
	return createHash('sha256').update(key).digest('hex');
}

function isOver(at: number) {
	return sql`${attempts.endsAt} <= ${new Date(at).toISOString()}::timestamptz`;
}
