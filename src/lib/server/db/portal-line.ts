import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Log } from '../log.ts';
import type { Db, Listen } from './database.ts';

/** Postgres refuses payloads of 8,000 bytes and more. */
export const PAYLOAD_MAX_BYTES = 7_500;

/** One subject on which the portals of a database tell each other things, by LISTEN and NOTIFY. */
export type PortalLine<W> = {
	/** A word as it is sent, for `pg_notify` inside the transaction that it is about. */
	encode(word: W): string;
	/** Sends what was encoded, outside a transaction. Throws what the database throws. */
	send(payload: string): Promise<void>;
	/** Begins to hear, or begins anew when the line went dead. */
	listen(): Promise<void>;
	/** Ms since anything was heard, this portal's own words too; 0 when it just began to listen. */
	silentMs(): number;
	stop(): Promise<void>;
};

/**
 * Words of this portal itself are not handed on, and one that does not read as a word only goes to the log: it
 * comes from a portal of another version.
 *
 * @param channel name of the subject in the database
 * @param onWord what another portal said; never called before `listen`
 */
export function createPortalLine<W>({
	db,
	listen,
	portalId,
	log,
	channel,
	word,
	onWord
}: {
	db: Db;
	listen: Listen;
	portalId: string;
	log: Log;
	channel: string;
	word: z.ZodType<W>;
	onWord: (word: W) => void;
}): PortalLine<W> {
	const spoken = z.object({ portal: z.string(), word });
	let unlisten: (() => Promise<void>) | null = null;
	let heardAt = 0;

	function hear(payload: string): void {
		heardAt = performance.now();
		try {
			const said = spoken.parse(JSON.parse(payload));
			if (said.portal !== portalId) onWord(said.word);
		} catch (error) {
			log.warn({ err: error, channel }, 'another portal said something unknown');
		}
	}

	async function stop(): Promise<void> {
		// It may be broken in any way; what counts is the new one.
		await unlisten?.().catch(() => undefined);
		unlisten = null;
	}

	return {
		encode: (said) => JSON.stringify({ portal: portalId, word: said }),

		async send(payload) {
			await db.execute(sql`select pg_notify(${channel}, ${payload})`);
		},

		async listen() {
			await stop();
			heardAt = performance.now();
			unlisten = await listen(channel, hear);
		},

		silentMs: () => performance.now() - heardAt,
		stop
	};
}
