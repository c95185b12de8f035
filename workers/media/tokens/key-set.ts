import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';

/** Public keys alone, and of the one kind that is accepted: a key set is a file like any other. */
const keySetSchema = z.object({
	keys: z
		.array(
			z.object({
				kty: z.literal('EC'),
				crv: z.literal('P-256'),
				x: z.string().max(64),
				y: z.string().max(64),
				kid: z.string().min(1).max(256),
				alg: z.literal('ES256').optional(),
				use: z.literal('sig').optional()
			})
		)
		.max(32)
});

const FILE_NAME = 'media-jwks.json';
const MAX_KEY_SET_BYTES = 128 * 1024;
const FETCH_TIMEOUT_MS = 3000;
/** Keys are looked up again after this; an unknown key id asks at once, though not more often than this: */
const REFRESH_EVERY_MS = 5 * 60_000;
const ASK_AT_MOST_EVERY_MS = 2000;

/**
 * The portal's public keys, in memory and on disk: listeners can join while the portal is down, and after
 * a restart of this server too. Old keys are kept until a newer set arrives.
 */
export class KeySet {
	readonly #url: string;
	readonly #file: string;
	readonly #log: Logger;
	#keys: LocalJWKSet | null = null;
	#knownIds: ReadonlySet<string> = new Set();
	#fetchedMs = Number.NEGATIVE_INFINITY;
	#askedMs = Number.NEGATIVE_INFINITY;
	#fetching: Promise<void> | null = null;

	constructor(url: string, dataDirectory: string, log: Logger) {
		this.#url = url;
		this.#file = join(dataDirectory, FILE_NAME);
		this.#log = log;
	}

	/** Reads the set kept on disk; a missing or broken file is no fault. */
	async load(): Promise<void> {
		try {
			this.#use(JSON.parse(await readFile(this.#file, 'utf8')));
		} catch (error) {
			this.#log.debug({ err: error }, 'no key set on disk');
		}
	}

	/** The set to look for `keyId` in, or null while none was ever had. */
	async find(keyId: string): Promise<LocalJWKSet | null> {
		if (!this.#knownIds.has(keyId)) await this.refresh();
		else if (Date.now() - this.#fetchedMs > REFRESH_EVERY_MS) void this.refresh();
		return this.#keys;
	}

	/**
	 * Fetches the set, unless that was tried a moment ago; on failure the old one stays. Never throws.
	 * `wanted`: a token or an operator waits for it, so a failure is worth a warning.
	 */
	async refresh({ force = false, wanted = true } = {}): Promise<void> {
		if (this.#fetching) return this.#fetching;
		if (!force && Date.now() - this.#askedMs < ASK_AT_MOST_EVERY_MS) return;
		this.#askedMs = Date.now();
		this.#fetching = this.#fetch(wanted).finally(() => {
			this.#fetching = null;
		});
		return this.#fetching;
	}

	async #fetch(wanted: boolean): Promise<void> {
		try {
			const response = await fetch(this.#url, {
				signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
				redirect: 'error'
			});
			if (!response.ok) throw new Error(`the key set's URL answers ${response.status}`);
			const text = await response.text();
			if (text.length > MAX_KEY_SET_BYTES) throw new Error('the key set is too large');
			const keySet = this.#use(JSON.parse(text));
			this.#fetchedMs = Date.now();
			await this.#save(keySet);
		} catch (error) {
			// The portal often starts a moment later than this server: no cause for alarm without a token.
			const level = wanted ? 'warn' : 'debug';
			this.#log[level]({ err: error, url: this.#url }, 'the key set could not be fetched');
		}
	}

	#use(value: unknown): JSONWebKeySet {
		const keySet = keySetSchema.parse(value);
		this.#keys = createLocalJWKSet(keySet);
		this.#knownIds = new Set(keySet.keys.map((key) => key.kid));
		return keySet;
	}

	/** By way of a second file, so that a crash leaves the old set or the new one. */
	async #save(keySet: JSONWebKeySet): Promise<void> {
		try {
			await mkdir(join(this.#file, '..'), { recursive: true });
			await writeFile(`${this.#file}.new`, JSON.stringify(keySet));
			await rename(`${this.#file}.new`, this.#file);
		} catch (error) {
			this.#log.warn({ err: error, file: this.#file }, 'the key set could not be kept on disk');
		}
	}
}
