import { createHmac, randomBytes } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { EventId } from '#lib/domain/ids.ts';
import type { Result } from '#lib/domain/result.ts';
import type { AttemptStore } from './attempt-store.ts';
import { attemptKey, guardAll, type Budget, type Guarded } from './attempts.ts';
import { purposeKey, sameText } from './signed-cookies.ts';

/**
 * Limits on join codes, made for a hall: two thousand phones behind one address, most of them right at once,
 * some mistyping, and perhaps one who guesses. Decision 050 has the reasoning and the figures.
 */

/** One device, known by its cookie; and, taken together, all that show none behind one address. */
export const JOIN_DEVICE_LIMIT = { wrong: 20, perSeconds: 600 } as const;
/** All devices behind one address: for somebody who throws the cookie away after each guess. */
export const JOIN_ADDRESS_LIMIT = { wrong: 200, perSeconds: 300 } as const;
/** All addresses of the world at one event. */
export const JOIN_EVENT_LIMIT = { wrong: 3_000, perSeconds: 3_600 } as const;

/** Tells one phone of a hall from the next, for these limits alone; it gives no right. */
export const DEVICE_COOKIE = 'device_token';

export function deviceCookie(header: string | null): string | undefined {
	return parseCookie(header ?? '')[DEVICE_COOKIE];
}

export type JoinTry = {
	/** Null where the code alone is asked, before anybody knows the event. */
	readonly event: EventId | null;
	readonly address: string;
	/** Value of the device cookie as it was sent. */
	readonly device: string | undefined;
};

export type JoinAttempts = {
	guard<T, C extends string>(
		who: JoinTry,
		verify: () => Promise<Result<T, C>>
	): Promise<Guarded<T, C>>;
	/** A device cookie for one who has none, or one that is not ours; null when theirs is good. */
	newDevice(device: string | undefined): string | null;
};

export function createJoinAttempts(store: AttemptStore, secret: string): JoinAttempts {
	const key = purposeKey(secret, 'device');
	const sign = (id: string) => createHmac('sha256', key).update(id).digest('base64url');
	/** The id of a cookie that we made; an invented one would be a budget of its own for each guess. */
	const read = (cookie: string | undefined): string | null => {
		const [id = '', mark = ''] = (cookie ?? '').slice(0, 200).split('.');
		return sameText(sign(id), mark) ? id : null;
	};

	return {
		guard({ event, address, device }, verify) {
			const place = event ?? 'any';
			const from = attemptKey(address);
			const known = read(device);
			const budgets: Budget[] = [
				known === null
					? budget(`join/bare/${place}/${from}`, JOIN_DEVICE_LIMIT)
					: budget(`join/device/${known}`, JOIN_DEVICE_LIMIT),
				budget(`join/address/${place}/${from}`, JOIN_ADDRESS_LIMIT),
				budget(`join/event/${place}`, JOIN_EVENT_LIMIT)
			];
			return guardAll(store, budgets, verify);
		},
		newDevice(device) {
			if (read(device) !== null) return null;
			const id = randomBytes(16).toString('base64url');
			return `${id}.${sign(id)}`;
		}
	};
}

function budget(key: string, limit: { wrong: number; perSeconds: number }): Budget {
	return { key, limit: limit.wrong, perSeconds: limit.perSeconds };
}
