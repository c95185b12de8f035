import type { ReadTicket } from '#lib/protocol/booth.ts';

/** Where a WHEP reader gets its bearer token from. Both throw `TicketRefused` or `TicketUnreachable`. */
export type TicketSource = {
	/** A ticket that should still be valid; from memory when there is one. */
	current(): Promise<ReadTicket>;
	/** A new ticket, because the media server refused the last one. */
	renew(): Promise<ReadTicket>;
};

/** The portal says this person may not listen (any more): asking again does not help. */
export class TicketRefused extends Error {
	override readonly name = 'TicketRefused';
}
/** The portal did not answer; asking later may help. */
export class TicketUnreachable extends Error {
	override readonly name = 'TicketUnreachable';
}

const RENEW_BEFORE_EXPIRY_MS = 15_000;
const REQUEST_TIMEOUT_MS = 6_000;

/**
 * Tickets of one event, shared by all lines of a page.
 *
 * While the portal is down the last ticket goes on being used: the media server decides whether it is still
 * good, so listeners join and rejoin without the portal as long as it lasts.
 *
 * @param url `GET` answers a `ReadTicket`
 * @param first the ticket that came with the page, if one did
 */
export function createTicketSource(
	url: string,
	first: ReadTicket | null,
	onTicket: (ticket: ReadTicket) => void = () => undefined
): TicketSource {
	let last = first;
	let asking: Promise<ReadTicket> | null = null;

	async function ask(): Promise<ReadTicket> {
		let response: Response;
		try {
			response = await fetch(url, {
				cache: 'no-store',
				headers: { accept: 'application/json' },
				signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS)
			});
		} catch (cause) {
			throw new TicketUnreachable('the portal does not answer', { cause });
		}
		if (response.status === 401 || response.status === 403 || response.status === 404)
			throw new TicketRefused(`status ${response.status}`);
		if (!response.ok) throw new TicketUnreachable(`status ${response.status}`);
		last = (await response.json()) as ReadTicket;
		onTicket(last);
		return last;
	}

	/** Two lines that need a ticket at the same moment share one request. */
	function renew(): Promise<ReadTicket> {
		asking ??= ask().finally(() => (asking = null));
		return asking;
	}

	return {
		renew,
		async current() {
			if (last && last.expiresAt - Date.now() > RENEW_BEFORE_EXPIRY_MS) return last;
			const held = last;
			return renew().catch((error: unknown) => {
				if (held && error instanceof TicketUnreachable) return held;
				throw error;
			});
		}
	};
}
