import type { TranslationFault } from '#lib/domain/captions/translation.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';

/** Longer answers are no translation of a caption. */
const ANSWER_MAX_LENGTH = 200_000;

/**
 * One JSON request to a translation service. What a server answers is not repeated in faults: the address may
 * be one that an organiser typed, and the words may hold the text or the key.
 *
 * @param faultOf the vendor's meaning of a status that is no success
 */
export async function callJson(
	url: string,
	{
		headers,
		body,
		signal
	}: {
		headers: Record<string, string>;
		body: object;
		signal: AbortSignal;
	},
	faultOf: (status: number, answer: unknown) => TranslationFault
): Promise<Result<unknown, TranslationFault>> {
	let response: Response;
	let text: string;
	try {
		response = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
			body: JSON.stringify(body),
			// A service that sends us elsewhere sends the key there too.
			redirect: 'error',
			signal
		});
		text = await response.text();
	} catch {
		return refuse('provider_unreachable', 'The translation service does not answer.');
	}
	const answer = parsed(text);
	if (!response.ok) {
		const fault = faultOf(response.status, answer);
		return refuse(fault, `The translation service answered ${response.status}.`);
	}
	if (answer === undefined || text.length > ANSWER_MAX_LENGTH)
		return refuse('provider_broke_protocol', 'The translation service answered no JSON.');
	return ok(answer);
}

/** What statuses mean where the vendor says nothing else (RFC 9110, RFC 6585). */
export function usualFault(status: number): TranslationFault {
	if (status === 401 || status === 403) return 'key_refused';
	if (status === 402) return 'quota_exceeded';
	if (status === 429) return 'rate_limited';
	if (status === 503) return 'provider_overloaded';
	return status >= 500 ? 'provider_unreachable' : 'settings_refused';
}

export function brokeProtocol(): Result<never, TranslationFault> {
	return refuse('provider_broke_protocol', 'The translation service answered something unknown.');
}

export function withoutSlash(server: string): string {
	return server.replace(/\/+$/, '');
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
