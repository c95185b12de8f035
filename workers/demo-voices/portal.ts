import type { ListenSnapshot } from '#lib/protocol/listen.ts';
import type { PublishTicket } from '#lib/protocol/booth.ts';

/** The portal over HTTP, as a browser uses it; on this machine, so past any proxy. */
export type Portal = {
	readonly url: string;
	/** Redeems an invitation. @returns the guest's cookie, or null when the portal refuses the invitation */
	join(invite: string, name: string): Promise<string | null>;
	/** @returns null when the portal gives none (no longer active, or signed out) */
	publishTicket(place: Place, cookie: string, seat: string | null): Promise<PublishTicket | null>;
	/** What is on air. @returns null when the portal refuses */
	channels(event: string, cookie: string): Promise<ListenSnapshot['channels'] | null>;
};

export type Place = { readonly event: string; readonly language: string };

const TIMEOUT_MS = 5_000;

/** @param mediaUrl where the media server answers on this machine, whatever browsers call it */
export function createPortal({ url, mediaUrl }: { url: string; mediaUrl: string }): Portal {
	// What a proxy of ours would say. A portal without one does not look at it.
	const direct = {
		'x-forwarded-for': '127.0.0.1',
		'x-forwarded-proto': 'http',
		'x-forwarded-host': new URL(url).host
	};

	async function get<T>(path: string, cookie: string): Promise<T | null> {
		const response = await fetch(url + path, {
			headers: { ...direct, cookie },
			signal: AbortSignal.timeout(TIMEOUT_MS)
		});
		const body: unknown = await response.json();
		return response.ok ? (body as T) : null;
	}

	return {
		url,

		async join(invite, name) {
			const response = await fetch(`${url}/join/${invite}`, {
				method: 'POST',
				headers: { ...direct, origin: url },
				body: new URLSearchParams({ name }),
				redirect: 'manual',
				signal: AbortSignal.timeout(TIMEOUT_MS)
			});
			await response.arrayBuffer();
			if (response.status >= 500) throw new Error(`the portal answered ${response.status}`);
			const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
			return cookies.find((cookie) => cookie.startsWith('session_token=')) ?? null;
		},

		async publishTicket({ event, language }, cookie, seat) {
			const query = seat === null ? '' : `?seat=${encodeURIComponent(seat)}`;
			const path = `/api/events/${event}/booths/${language}/whip-url${query}`;
			const ticket = await get<PublishTicket>(path, cookie);
			return ticket && { ...ticket, url: mediaUrl + new URL(ticket.url).pathname };
		},

		async channels(event, cookie) {
			const snapshot = await get<ListenSnapshot>(`/api/events/${event}/listen`, cookie);
			return snapshot && snapshot.channels;
		}
	};
}
