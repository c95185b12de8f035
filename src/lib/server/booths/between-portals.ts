import { z } from 'zod';
import { boothId, type BoothId } from '#lib/domain/ids.ts';
import type { BoothNotice } from '#lib/protocol/booth.ts';
import type { Db, Listen } from '../db/database.ts';
import { createPortalLine, PAYLOAD_MAX_BYTES } from '../db/portal-line.ts';
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

const DEAF_AFTER_MS = 10_000;

const booth = z.number().int().transform(boothId);
const spoken: z.ZodType<Word | { readonly kind: 'hello' }> = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('changed'),
		booth,
		version: z.number().int(),
		notices: z.array(z.custom<BoothNotice>((notice) => typeof notice === 'object'))
	}),
	z.object({ kind: z.literal('chat'), booth, message: z.string() }),
	z.object({ kind: z.literal('hello') })
]);

export function createBetweenPortals(parts: {
	db: Db;
	listen: Listen;
	portalId: string;
	log: Log;
}): BetweenPortals {
	let onWord: (word: Word) => void = () => undefined;
	const line = createPortalLine({
		...parts,
		channel: CHANNEL,
		word: spoken,
		onWord(word) {
			if (word.kind !== 'hello') onWord(word);
		}
	});

	return {
		payload(word) {
			const full = line.encode(word);
			// The state is read anew anyway; only what would be said aloud about it is lost.
			return Buffer.byteLength(full) <= PAYLOAD_MAX_BYTES || word.kind === 'chat'
				? full
				: line.encode({ ...word, notices: [] });
		},

		say: (word) => line.send(line.encode(word)),

		async start(listener) {
			onWord = listener;
			await line.listen();
		},

		async check() {
			if (line.silentMs() > DEAF_AFTER_MS) {
				parts.log.warn('other portals are not heard; listening anew');
				await line.listen();
			}
			await line.send(line.encode({ kind: 'hello' }));
		},

		stop: line.stop
	};
}
