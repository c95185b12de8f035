import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { boothId, type BoothId } from '#lib/domain/ids.ts';
import type { BoothNotice } from '#lib/protocol/booth.ts';
import type { Db, Listen } from '../db/database.ts';
import type { Log } from '../log.ts';

/** What one portal tells the others the moment it is committed. */
export type Word =
	| {
			readonly kind: 'changed';
			readonly booth: BoothId;
			readonly version: number;
			readonly notices: readonly BoothNotice[];
	  }
	| { readonly kind: 'chat'; readonly booth: BoothId; readonly message: string };

/** Postgres' LISTEN/NOTIFY among the portals of one database. Words get lost while a connection is down. */
export type BetweenPortals = {
	/** For `pg_notify` inside the transaction that the word is about. */
	payload(word: Word): string;
	/** Says something outside a transaction. */
	say(word: Word): Promise<void>;
	start(onWord: (word: Word) => void): Promise<void>;
	/** Shows that words are still heard, and listens anew when they are not. Call it every few seconds. */
	check(): Promise<void>;
	stop(): Promise<void>;
};

export const CHANNEL = 'voxbento_booths';

/** Postgres refuses payloads of 8,000 bytes and more. */
const PAYLOAD_MAX_BYTES = 7_500;
const DEAF_AFTER_MS = 10_000;

const booth = z.number().int().transform(boothId);
const spoken = z.object({
	portal: z.string(),
	word: z.discriminatedUnion('kind', [
		z.object({
			kind: z.literal('changed'),
			booth,
			version: z.number().int(),
			notices: z.array(z.custom<BoothNotice>((notice) => typeof notice === 'object'))
		}),
		z.object({ kind: z.literal('chat'), booth, message: z.string() }),
		z.object({ kind: z.literal('hello') })
	])
});

export function createBetweenPortals({
	db,
	listen,
	portalId,
	log
}: {
	db: Db;
	listen: Listen;
	portalId: string;
	log: Log;
}): BetweenPortals {
	let onWord: (word: Word) => void = () => undefined;
	let heardAt = 0;
	let unlisten: (() => Promise<void>) | null = null;

	const encode = (word: Word | { kind: 'hello' }): string =>
		JSON.stringify({ portal: portalId, word });

	function hear(payload: string): void {
		heardAt = performance.now();
		try {
			const { portal, word } = spoken.parse(JSON.parse(payload));
			if (portal !== portalId && word.kind !== 'hello') onWord(word);
		} catch (error) {
			log.warn({ err: error }, 'another portal said something unknown');
		}
	}

	async function send(payload: string): Promise<void> {
		await db.execute(sql`select pg_notify(${CHANNEL}, ${payload})`);
	}

	async function listenAnew(): Promise<void> {
		// The old one may be broken in any way; what counts is the new one.
		await unlisten?.().catch(() => undefined);
		unlisten = null;
		heardAt = performance.now();
		unlisten = await listen(CHANNEL, hear);
	}

	return {
		payload(word) {
			const full = encode(word);
			// The state is read anew anyway; only what would be said aloud about it is lost.
			return Buffer.byteLength(full) <= PAYLOAD_MAX_BYTES || word.kind === 'chat'
				? full
				: encode({ ...word, notices: [] });
		},

		say: (word) => send(encode(word)),

		async start(listener) {
			onWord = listener;
			await listenAnew();
		},

		async check() {
			if (performance.now() - heardAt > DEAF_AFTER_MS) {
				log.warn('other portals are not heard; listening anew');
				await listenAnew();
			}
			await send(encode({ kind: 'hello' }));
		},

		async stop() {
			await unlisten?.().catch(() => undefined);
			unlisten = null;
		}
	};
}
