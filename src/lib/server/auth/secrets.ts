import { createHash, randomBytes } from 'node:crypto';

/** A secret for a link or a cookie: 32 random bytes, base64url. Only its hash is stored. */
export function newSecret(): string {
	return randomBytes(32).toString('base64url');
}

/** SHA-256, hexadecimal. Enough for secrets of 256 random bits; passwords go through argon2. */
export function hashSecret(secret: string): string {
	return createHash('sha256').update(secret).digest('hex');
}

/** Letters and digits that cannot be taken for one another, in print or read aloud. */
const CODE_ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** A join code for people: 6 characters, about 30 bits. */
export function newJoinCode(): string {
	return randomLetters(6);
}

/** To be written down: four groups of four, about 79 bits. Typed as a join code is. */
export function newRecoveryCode(): string {
	return Array.from({ length: 4 }, () => randomLetters(4)).join('-');
}

function randomLetters(length: number): string {
	const characters: string[] = [];
	while (characters.length < length) {
		for (const byte of randomBytes(12)) {
			// Bytes beyond the last whole multiple would make some letters likelier than others.
			const letter =
				byte < 256 - (256 % CODE_ALPHABET.length) && CODE_ALPHABET[byte % CODE_ALPHABET.length];
			if (letter && characters.length < length) characters.push(letter);
		}
	}
	return characters.join('');
}

/** As people type it: any case, spaces and hyphens between. */
export function normaliseJoinCode(text: string): string {
	return text.toUpperCase().replace(/[\s-]/g, '');
}
