import { hash, verify } from '@node-rs/argon2';
import { PASSWORD_MAX_LENGTH } from '#lib/domain/access/account.ts';

/** OWASP's argon2id minimum (19 MiB, 2 passes, 1 lane). */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
	return hash(password, COST);
}

let decoy: Promise<string> | null = null;

/**
 * Whether `password` is the one of `stored`. Takes as long for an account that does not exist (`null`), so
 * that the time of an answer says nothing about who has an account.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
	if (password.length > PASSWORD_MAX_LENGTH) return false;
	decoy ??= hashPassword('no account has this password');
	const matches = await verify(stored ?? (await decoy), password);
	return matches && stored !== null;
}
