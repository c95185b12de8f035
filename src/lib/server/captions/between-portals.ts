import { z } from 'zod';
import { boothId } from '#lib/domain/ids.ts';
import { captionFinal, captionPartial } from '#lib/protocol/captions.ts';
import type { Db, Listen } from '../db/database.ts';
import { createPortalLine, PAYLOAD_MAX_BYTES } from '../db/portal-line.ts';
import type { Log } from '../log.ts';

const CHANNEL = 'voxbento_captions';
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

export function createBetweenPortals(parts: {
	db: Db;
	listen: Listen;
	portalId: string;
	log: Log;
}): BetweenPortals {
	const { log } = parts;
	let onWord: (word: Word) => void = () => undefined;
	let othersAt = -Infinity;
	let helloAt = -Infinity;
	let saying = 0;
	const line = createPortalLine({
		...parts,
		channel: CHANNEL,
		word,
		onWord(said) {
			othersAt = performance.now();
			if (said.kind !== 'hello') onWord(said);
		}
	});

	async function send(payload: string): Promise<void> {
		saying++;
		try {
			await line.send(payload);
		} finally {
			saying--;
		}
	}

	return {
		announcement: (said) => ({ channel: CHANNEL, payload: line.encode(said) }),

		say(said) {
			const alone = performance.now() - othersAt > OTHERS_GONE_MS;
			if (alone) return;
			// A database that answers slowly must not gather guesses that nobody needs any more.
			if (said.kind === 'partial' && saying > 20) return;
			const payload = line.encode(said);
			if (Buffer.byteLength(payload) > PAYLOAD_MAX_BYTES) return;
			send(payload).catch((error: unknown) =>
				log.debug({ err: error }, 'other portals not told about captions')
			);
		},

		async start(listener) {
			onWord = listener;
			await line.listen();
		},

		async check() {
			const at = performance.now();
			if (at - helloAt < HELLO_EVERY_MS) return;
			helloAt = at;
			if (line.silentMs() > HELLO_EVERY_MS * 3) {
				log.warn('other portals’ captions are not heard; listening anew');
				await line.listen();
			}
			await send(line.encode({ kind: 'hello' }));
		},

		stop: line.stop
	};
}
