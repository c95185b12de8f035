import type { PublishTicket } from '#lib/protocol/booth.ts';
import type { RestError } from '#lib/protocol/rest.ts';

/** The portal does not let this page publish now. `code` as in the REST answer, for example `not_active`. */
export class PublishRefused extends Error {
	override readonly name = 'PublishRefused';
	constructor(readonly code: string) {
		super(code);
	}
}
/** The portal did not answer; asking later may help. */
export class PortalUnreachable extends Error {
	override readonly name = 'PortalUnreachable';
}

/**
 * @param url of the booth's `whip-url`, without query
 * @param room slug, null for the main room
 * @param seat the page that is to publish; null leaves it to the portal
 */
export function whipUrlFor(url: string, room: string | null, seat: string | null): string {
	const query = new URLSearchParams();
	if (room !== null) query.set('room', room);
	if (seat !== null) query.set('seat', seat);
	return `${url}?${query}`;
}

const REQUEST_TIMEOUT_MS = 6_000;

/**
 * Asks the portal for one attempt to publish. Never kept: each attempt asks again, so that a right that has
 * moved is noticed before a microphone is heard.
 *
 * @throws PublishRefused | PortalUnreachable
 */
export async function fetchPublishTicket(
	url: string,
	init: RequestInit = {}
): Promise<PublishTicket> {
	let response: Response;
	try {
		response = await fetch(url, {
			...init,
			cache: 'no-store',
			headers: { accept: 'application/json', ...init.headers },
			signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS)
		});
	} catch (cause) {
		throw new PortalUnreachable('the portal does not answer', { cause });
	}
	if (response.ok) return (await response.json()) as PublishTicket;
	// Too many attempts, or the booth's lock was busy: asking later helps.
	if (response.status === 429 || response.status >= 500)
		throw new PortalUnreachable(`status ${response.status}`);
	throw new PublishRefused(await codeOf(response));
}

async function codeOf(response: Response): Promise<string> {
	try {
		const { error } = (await response.json()) as Partial<RestError>;
		if (error) return error.code;
	} catch {
		// Not our JSON: a proxy's page. The status says enough.
	}
	return `status_${response.status}`;
}
