import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { attemptKey } from '../auth/attempts.ts';

/** How often one caller may ask, whatever the answer. In memory, per portal. */
export type RateLimit = {
	/**
	 * @param who the person, or what stands for one
	 * @param address their network address
	 */
	take(who: string, address: string): Promise<Result<null, 'too_many_requests'>>;
};

export type RequestLimit = { readonly points: number; readonly perSeconds: number };

/** A page on a bad line asks again every second or two; a fault asks in a loop. */
export const PUBLISH_TICKET_LIMIT: RequestLimit = { points: 30, perSeconds: 10 };

/** Letters asked for from one network: a team that signs in together, not a list of addresses. */
export const LETTER_LIMIT: RequestLimit = { points: 30, perSeconds: 60 };

/** Somebody who presses "bad sound" does so now and then; a hall behind one address may press together. */
export const FEEDBACK_LIMIT: RequestLimit = { points: 40, perSeconds: 10 };

export function createRateLimit(limit: RequestLimit): RateLimit {
	const limiter = new RateLimiterMemory({ points: limit.points, duration: limit.perSeconds });
	return {
		async take(who, address) {
			try {
				await limiter.consume(`${who}/${attemptKey(address)}`);
				return ok(null);
			} catch (error) {
				if (!(error instanceof RateLimiterRes)) throw error;
				return refuse('too_many_requests', 'Too many requests. Wait a few seconds.');
			}
		}
	};
}
