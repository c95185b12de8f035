import { isIPv6 } from 'node:net';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Refusal, Result } from '#lib/domain/result.ts';

/** Refusal of somebody who guessed too often; `retryAfterS` seconds until the next try is looked at. */
export type TooMany = Refusal<'too_many_attempts'> & { readonly retryAfterS: number };

type Guarded<T, C extends string> = Result<T, C> | { readonly ok: false; readonly error: TooMany };

/**
 * Puts a limit on wrong guesses. Right ones never count, so a hall of people behind one address comes in with
 * the right code however many they are; but beyond the limit a right guess is refused like a wrong one, or
 * the limit would stop nobody.
 */
export type Attempts = {
	guard<T, C extends string>(
		key: string,
		verify: () => Promise<Result<T, C>>
	): Promise<Guarded<T, C>>;
};

export type AttemptLimit = { readonly wrong: number; readonly perSeconds: number };

/**
 * Short windows: guessing is stopped by how few tries there are in all, and a hall whose neighbours mistyped
 * waits less than a minute. 6 letters of 31 at 40 tries a minute: one in 37,000 over a ten-hour day.
 */
export const JOIN_CODE_LIMIT: AttemptLimit = { wrong: 40, perSeconds: 60 };
export const PASSWORD_LIMIT: AttemptLimit = { wrong: 10, perSeconds: 60 };
/** Of all accounts together, from one address: people of a hall mistype, a list of accounts is another matter. */
export const ADDRESS_LIMIT: AttemptLimit = { wrong: 60, perSeconds: 300 };
/**
 * By account, from everywhere: whoever guesses here knows the password already, or reads the mail. Three codes
 * of a million are right at a time: one chance in 350 over a day.
 */
export const SECOND_FACTOR_LIMIT: AttemptLimit = { wrong: 10, perSeconds: 900 };
export const INVITE_LIMIT: AttemptLimit = { wrong: 20, perSeconds: 60 };

export function createAttempts({ wrong, perSeconds }: AttemptLimit): Attempts {
	const limiter = new RateLimiterMemory({ points: wrong, duration: perSeconds });

	const blocked = (state: RateLimiterRes | null) =>
		state !== null && state.consumedPoints >= wrong ? tooMany(state) : null;

	return {
		async guard(key, verify) {
			const before = blocked(await limiter.get(key));
			if (before) return before;
			const verdict = await verify();
			if (verdict.ok) {
				// Tries that were under way at the same time may have used up the limit meanwhile.
				return blocked(await limiter.get(key)) ?? verdict;
			}
			try {
				await limiter.consume(key);
				return verdict;
			} catch (state) {
				if (state instanceof Error) throw state;
				return tooMany(state as RateLimiterRes);
			}
		}
	};
}

function tooMany(state: RateLimiterRes): { readonly ok: false; readonly error: TooMany } {
	return {
		ok: false,
		error: {
			code: 'too_many_attempts',
			message: 'Too many wrong tries. Wait a little.',
			retryAfterS: Math.ceil(state.msBeforeNext / 1000)
		}
	};
}

/** Who is counted: an IPv4 address, or the /64 network of an IPv6 one, since a household owns all of that. */
export function attemptKey(address: string): string {
	const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
	if (!isIPv6(plain)) return plain;
	const [head = '', tail] = plain.toLowerCase().split('::');
	const groups = head === '' ? [] : head.split(':');
	const rest = tail === undefined || tail === '' ? [] : tail.split(':');
	const all = [...groups, ...Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0')];
	return [...all, ...rest]
		.slice(0, 4)
		.map((group) => group.replace(/^0+(?=.)/, ''))
		.join(':');
}
