import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ok, refuse, type Result } from '#lib/domain/result.ts';

/**
 * Encrypts small secrets for the database: AES-256-GCM, key from the configured secret by HKDF-SHA-256
 * (RFC 5869). A sealed text is `v1.{iv}.{ciphertext}.{tag}`, each part base64url.
 */
export type SecretBox = {
	/** `purpose` is bound into the text: what was sealed for one use cannot be opened for another. */
	seal(secret: string, purpose: string): string;
	/** Refusal `cannot_decrypt`: sealed by a key this portal does not have, for another use, or changed. */
	open(sealed: string, purpose: string): Result<string, 'cannot_decrypt'>;
};

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * @param secrets at least one; the first seals, all of them open, so that a secret can be replaced by
 * putting the new one in front.
 */
export function createSecretBox(secrets: readonly [string, ...string[]]): SecretBox {
	const [sealing, ...others] = secrets.map(deriveKey);
	if (sealing === undefined) throw new Error('a secret box needs a secret');
	const keys = [sealing, ...others];

	return {
		seal(secret, purpose) {
			const iv = randomBytes(IV_BYTES);
			const cipher = createCipheriv(CIPHER, sealing, iv).setAAD(Buffer.from(purpose));
			const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
			const parts = [iv, text, cipher.getAuthTag()].map((part) => part.toString('base64url'));
			return [VERSION, ...parts].join('.');
		},

		open(sealed, purpose) {
			const [version, ...encoded] = sealed.split('.');
			const [iv, text, tag] = encoded.map((part) => Buffer.from(part, 'base64url'));
			if (version === VERSION && iv?.length === IV_BYTES && text && tag?.length === TAG_BYTES)
				for (const key of keys) {
					try {
						const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
							.setAAD(Buffer.from(purpose))
							.setAuthTag(tag);
						return ok(Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8'));
					} catch {
						// Not this key: the authentication tag says so. The next one may fit.
					}
				}
			return refuse('cannot_decrypt', 'Failed to decrypt: no configured key opens it.');
		}
	};
}

function deriveKey(secret: string): Buffer {
	return Buffer.from(hkdfSync('sha256', secret, '', 'voxbento secret box v1', KEY_BYTES));
}
