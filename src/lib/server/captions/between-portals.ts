import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { boothId } from '#lib/domain/ids.ts';
import { captionFinal, captionPartial } from '#lib/protocol/captions.ts';
import type { Db, Listen } from '../db/database.ts';
import type { Log } from '../log.ts';

const CHANNEL = 'voxbento_captions';
/** Postgres refuses payloads of 8,000 bytes and more. */
const PAYLOAD_MAX_BYTES = 7_500;
const HELLO_EVERY_MS = 4_000;
const OTHERS_GONE_MS = 15_000;

const booth = z.number().int().transform(boothId);
const seq = z.number().int().nonnegative();
const word = z.discriminatedUnion('kind', [
	/** A final was stored, or one that was told before was corrected. */
	z.object({ kind: z.literal('final'), booth, seq }),
	z.object({ kind: z.literal('corrected'), booth, seq }),
	z.object({ kind: z.literal('translated'), final: captionFinal }),
	z.object({ kind: z.literal('partial'), partial: captionPartial }),
	/** How a session stands has changed, or somebody changed its settings. */
	z.object({ kind: z.literal('session') }),
	z.object({ kind: z.literal('hello') })
]);
export type Word = z.infer<typeof word>;
const spoken = z.object({ portal: z.string(), word });

/**
 * What the portals of one database tell each other about captions. A word that is lost costs a second: what
 * is stored is looked for as well.
 */
export type BetweenPortals = {
	/** For `pg_notify` inside the transaction that the word is about. */
	announcement(word: Word): { channel: string; payload: string };
	/** Says something outside a transaction; partials only while there are other portals. Never throws. */
	say(word: Word): void;
	start(onWord: (word: Word) => void): Promise<void>;
	/** Shows that words are still heard, and listens anew when they are not. Call it every second or so. */
	check(): Promise<void>;
	stop(): Promise<void>;
};

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
	let unlisten: (() => Promise<void>) | null = null;
	let heardAt = 0;
	let othersAt = -Infinity;
	let helloAt = -Infinity;
	let saying = 0;

	const encode = (said: Word): string => JSON.stringify({ portal: portalId, word: said });

	function hear(payload: string): void {
		heardAt = performance.now();
		try {
			const said = spoken.parse(JSON.parse(payload));
			if (said.portal === portalId) return;
			othersAt = heardAt;
			if (said.word.kind !== 'hello') onWord(said.word);
		} catch (error) {
			log.warn({ err: error }, 'another portal said something unknown about captions');
		}
	}

	async function send(payload: string): Promise<void> {
		saying++;
		try {
			await db.execute(sql`select pg_notify(${CHANNEL}, ${payload})`);
		} finally {
			saying--;
		}
	}

	async function listenAnew(): Promise<void> {
		await unlisten?.().catch(() => undefined);
		unlisten = null;
		heardAt = performance.now();
		unlisten = await listen(CHANNEL, hear);
	}

	return {
		announcement: (said) => ({ channel: CHANNEL, payload: encode(said) }),

		say(said) {
			const alone = performance.now() - othersAt > OTHERS_GONE_MS;
			if (alone) return;
			// A database that answers slowly must not gather guesses that nobody needs any more.
			if (said.kind === 'partial' && saying > 20) return;
			const payload = encode(said);
			if (Buffer.byteLength(payload) > PAYLOAD_MAX_BYTES) return;
			send(payload).catch((error: unknown) =>
				log.debug({ err: error }, 'other portals not told about captions')
			);
		},

		async start(listener) {
			onWord = listener;
			await listenAnew();
		},

		async check() {
			const at = performance.now();
			if (at - helloAt < HELLO_EVERY_MS) return;
			helloAt = at;
			if (at - heardAt > HELLO_EVERY_MS * 3) {
				log.warn('other portals’ captions are not heard; listening anew');
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
