import { isIPv6 } from 'node:net';
import type { Refusal, Result } from '#lib/domain/result.ts';
import type { AttemptStore, Count } from './attempt-store.ts';

/** Refusal of somebody who guessed too often; `retryAfterS` seconds until the next try is looked at. */
export type TooMany = Refusal<'too_many_attempts'> & { readonly retryAfterS: number };

export type Guarded<T, C extends string> =
	Result<T, C> | { readonly ok: false; readonly error: TooMany };

/**
 * Puts a limit on wrong guesses. Right ones never count, so a hall of people behind one address comes in with
 * the right code however many they are; but beyond the limit a right guess is refused like a wrong one, or
 * the limit would stop nobody. Counted in the database: for all portals together and across their restarts.
 */
export type Attempts = {
	guard<T, C extends string>(
		key: string,
		verify: () => Promise<Result<T, C>>
	): Promise<Guarded<T, C>>;
};

export type AttemptLimit = { readonly wrong: number; readonly perSeconds: number };

export const PASSWORD_LIMIT: AttemptLimit = { wrong: 10, perSeconds: 60 };
/** Of all accounts together, from one address: people of a hall mistype, a list of accounts is another matter. */
export const ADDRESS_LIMIT: AttemptLimit = { wrong: 60, perSeconds: 300 };
/**
 * By account, from everywhere: whoever guesses here knows the password already, or reads the mail. Three codes
 * of a million are right at a time: one chance in 350 over a day.
 */
export const SECOND_FACTOR_LIMIT: AttemptLimit = { wrong: 10, perSeconds: 900 };
export const INVITE_LIMIT: AttemptLimit = { wrong: 20, perSeconds: 60 };

/** @param name of what is guessed at; keys of different ones are never mixed up */
export function createAttempts(
	store: AttemptStore,
	name: string,
	{ wrong, perSeconds }: AttemptLimit
): Attempts {
	return {
		guard: (key, verify) =>
			guardAll(store, [{ key: `${name}/${key}`, limit: wrong, perSeconds }], verify)
	};
}

/** One of the things a guess is counted against. */
export type Budget = { readonly key: string; readonly limit: number; readonly perSeconds: number };

/** Looks at a guess if none of the budgets is used up; a wrong one is counted against all of them. */
export async function guardAll<T, C extends string>(
	store: AttemptStore,
	budgets: readonly Budget[],
	verify: () => Promise<Result<T, C>>
): Promise<Guarded<T, C>> {
	const keys = budgets.map(({ key }) => key);
	const before = usedUp(budgets, await store.read(keys));
	if (before) return before;
	const verdict = await verify();
	// Tries that were under way at the same time may have used up a budget meanwhile: then a right guess is
	// refused, and of the wrong ones no more are told so than the limit.
	const after = verdict.ok ? await store.read(keys) : await store.add(budgets);
	const reached = verdict.ok
		? budgets
		: budgets.map((budget) => ({ ...budget, limit: budget.limit + 1 }));
	return usedUp(reached, after) ?? verdict;
}

function usedUp(
	budgets: readonly Budget[],
	counts: ReadonlyMap<string, Count>
): { readonly ok: false; readonly error: TooMany } | null {
	const over = budgets.flatMap(({ key, limit }) => {
		const count = counts.get(key);
		return count !== undefined && count.wrong >= limit ? [count.remainingMs] : [];
	});
	if (over.length === 0) return null;
	return {
		ok: false,
		error: {
			code: 'too_many_attempts',
			message: 'Too many wrong tries. Wait a little.',
			retryAfterS: Math.max(1, Math.ceil(Math.max(...over) / 1000))
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
