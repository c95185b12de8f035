import { and, desc, eq, gt, isNull, ne, or } from 'drizzle-orm';
import {
	calculateJwkThumbprint,
	exportJWK,
	generateKeyPair,
	importJWK,
	type CryptoKey,
	type JWK
} from 'jose';
import { MEDIA_TOKEN_ALGORITHM } from '#lib/protocol/media-token.ts';
import type { SecretBox } from '../auth/secret-box.ts';
import type { Db } from '../db/database.ts';
import { signingKeys } from '../db/schema.ts';
import type { Log } from '../log.ts';

/** The ES256 key pairs that sign the media tokens (RFC 7518, section 3.4). The private halves stay here. */
export type SigningKeys = {
	/** The pair to sign with now; made at first use. */
	signing(): Promise<{ readonly kid: string; readonly key: CryptoKey }>;
	/** What the media server checks with (RFC 7517, section 5): keys in use, and retired ones while tokens of theirs may live. */
	keySet(): Promise<{ keys: JWK[] }>;
	/**
	 * Makes a new pair and signs with it from now on. The old one stays published, unless `revokeOld`: then
	 * every token it signed is void once the media server has read the set again.
	 *
	 * @returns the new key's id
	 * @throws what `announce` throws; the old pair stays in use then
	 */
	rotate(options?: { revokeOld?: boolean }): Promise<string>;
};

/** Longer than any token lives (see `tickets.ts`). */
export const RETIRED_KEY_PUBLISHED_MS = 8 * 24 * 3_600_000;
/** Another portal may have rotated: the database is asked again this often. */
const REREAD_MS = 30_000;
const PURPOSE = 'media-signing-key';

type Pair = { readonly kid: string; readonly key: CryptoKey };

/**
 * @param announce makes the media server read the key set anew. MediaMTX keeps what it read for an hour, so
 * a new key is announced before it signs anything.
 */
export function createSigningKeys({
	db,
	box,
	log,
	announce,
	now = Date.now
}: {
	db: Db;
	box: SecretBox;
	log: Log;
	announce: () => Promise<unknown>;
	now?: () => number;
}): SigningKeys {
	let known: { pair: Promise<Pair>; readAt: number } | null = null;

	async function make(): Promise<Pair> {
		const { publicKey, privateKey } = await generateKeyPair(MEDIA_TOKEN_ALGORITHM, {
			extractable: true
		});
		const publicJwk = await exportJWK(publicKey);
		const kid = await calculateJwkThumbprint(publicJwk);
		await db.insert(signingKeys).values({
			kid,
			publicJwk: { ...publicJwk, kid, alg: MEDIA_TOKEN_ALGORITHM, use: 'sig' },
			privateJwkEncrypted: box.seal(JSON.stringify(await exportJWK(privateKey)), PURPOSE),
			createdAt: new Date(now())
		});
		log.info({ kid }, 'made a key pair for the media tokens');
		return { kid, key: privateKey };
	}

	async function newest(): Promise<Pair> {
		const rows = await db
			.select()
			.from(signingKeys)
			.where(isNull(signingKeys.retiredAt))
			.orderBy(desc(signingKeys.createdAt), desc(signingKeys.kid));
		for (const { kid, privateJwkEncrypted } of rows) {
			const opened = box.open(privateJwkEncrypted, PURPOSE);
			if (!opened.ok) {
				// Its tokens are still checked with the public half; new ones need a key that opens.
				log.error({ kid }, `${opened.error.message} Was API_KEY_ENCRYPTION_KEY changed?`);
				continue;
			}
			const key = await importJWK(JSON.parse(opened.value) as JWK, MEDIA_TOKEN_ALGORITHM);
			if (!(key instanceof Uint8Array)) return { kid, key };
		}
		const made = await make();
		// Not awaited: to announce may need a token, and that is signed with this key. A media server that is
		// down has no old set to forget.
		announce().catch((error: unknown) => log.debug({ err: error }, 'new key not announced'));
		return made;
	}

	return {
		signing() {
			if (known === null || now() - known.readAt > REREAD_MS) {
				const pair = newest();
				const reading = { pair, readAt: now() };
				known = reading;
				// A database that was away for a moment must not be remembered as "no key".
				pair.catch(() => {
					if (known === reading) known = null;
				});
			}
			return known.pair;
		},

		async keySet() {
			await this.signing();
			const rows = await db
				.select({ publicJwk: signingKeys.publicJwk })
				.from(signingKeys)
				.where(
					or(
						isNull(signingKeys.retiredAt),
						gt(signingKeys.retiredAt, new Date(now() - RETIRED_KEY_PUBLISHED_MS))
					)
				)
				.orderBy(desc(signingKeys.createdAt), desc(signingKeys.kid));
			return { keys: rows.map((row) => row.publicJwk as JWK) };
		},

		async rotate({ revokeOld = false } = {}) {
			const fresh = await make();
			try {
				await announce();
			} catch (error) {
				await db.delete(signingKeys).where(eq(signingKeys.kid, fresh.kid));
				throw error;
			}
			const others = ne(signingKeys.kid, fresh.kid);
			if (revokeOld) await db.delete(signingKeys).where(others);
			else
				await db
					.update(signingKeys)
					.set({ retiredAt: new Date(now()) })
					.where(and(others, isNull(signingKeys.retiredAt)));
			known = { pair: Promise.resolve(fresh), readAt: now() };
			if (revokeOld) await announce();
			return fresh.kid;
		}
	};
}
