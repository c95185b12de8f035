import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import {
	MEDIA_PERMISSIONS_CLAIM,
	MEDIA_TOKEN_ALGORITHM,
	mediaTokenClaimsSchema,
	permits,
	type MediaAction
} from '#lib/protocol/media-token.ts';
import type { KeySet } from './key-set.ts';

/**
 * `user`: the token's `sub`, empty when it has none. `ticket`: its `jti` (RFC 7519, section 4.1.7), null for
 * a token that may be used as often as one likes until it expires.
 */
export type Bearer = {
	readonly user: string;
	readonly ticket: { readonly id: string; readonly expiresAtSeconds: number } | null;
};

export type TokenCode = 'token_missing' | 'token_refused';

const MAX_TOKEN_LENGTH = 8192;
const CLOCK_TOLERANCE_SECONDS = 2;

export type TokenRules = { readonly issuer?: string; readonly audience?: string };

/** Decides who may do what. Refused unless a valid token says otherwise; the reason goes to the log alone. */
export class TokenVerifier {
	readonly #keys: KeySet | null;
	readonly #rules: TokenRules;
	readonly #log: Logger;

	/** Without a key set every token is refused. */
	constructor(keys: KeySet | null, rules: TokenRules, log: Logger) {
		this.#keys = keys;
		this.#rules = rules;
		this.#log = log;
	}

	async authorise(
		token: string | null,
		action: MediaAction,
		path: string
	): Promise<Result<Bearer, TokenCode>> {
		if (token === null || token === '') return refuse('token_missing', 'authentication error');
		try {
			const claims = await this.#read(token);
			if (permits(claims[MEDIA_PERMISSIONS_CLAIM], action, path))
				return ok({
					user: claims.sub ?? '',
					ticket: claims.jti === undefined ? null : { id: claims.jti, expiresAtSeconds: claims.exp }
				});
			this.#log.info({ action, path }, 'token refused: no permission');
		} catch (error) {
			const reason = error instanceof Error ? error.message : 'unknown';
			this.#log.info({ action, path, reason }, 'token refused');
		}
		return refuse('token_refused', 'authentication error');
	}

	async #read(token: string) {
		if (token.length > MAX_TOKEN_LENGTH) throw new Error('too long');
		const { kid } = decodeProtectedHeader(token);
		if (typeof kid !== 'string') throw new Error('no key id');
		const keys = await this.#keys?.find(kid);
		if (!keys) throw new Error('no key set');
		const { payload } = await jwtVerify(token, keys, {
			algorithms: [MEDIA_TOKEN_ALGORITHM],
			clockTolerance: CLOCK_TOLERANCE_SECONDS,
			...this.#rules
		});
		return mediaTokenClaimsSchema.parse(payload);
	}
}
