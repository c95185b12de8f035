import { json } from '@sveltejs/kit';
import type { Refusal } from '#lib/domain/result.ts';
import type { RestError } from '#lib/protocol/rest.ts';

/** An answer for one person at one moment; nobody between may keep it. */
export function answer(value: object): Response {
	return json(value, { headers: { 'cache-control': 'private, no-store' } });
}

export function refusal(
	status: 400 | 401 | 403 | 404 | 409 | 429 | 503,
	error: Refusal,
	headers: Record<string, string> = {}
): Response {
	return json({ error } satisfies RestError, {
		status,
		headers: { 'cache-control': 'private, no-store', ...headers }
	});
}
