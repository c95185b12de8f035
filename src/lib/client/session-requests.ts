/** The two requests that WHIP (RFC 9725) and WHEP have in common. */

const POST_TIMEOUT_MS = 6_000;

/** Sends an offer. @throws what `fetch` throws when there is no answer within `POST_TIMEOUT_MS` */
export function postOffer(url: string, token: string, sdp: string): Promise<Response> {
	return fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
		body: sdp,
		signal: AbortSignal.timeout(POST_TIMEOUT_MS)
	});
}

/** Ends the session at the media server; keepalive lets the request outlive the page. Never throws. */
export async function deleteSession(resource: URL, token: string): Promise<void> {
	try {
		await fetch(resource, {
			method: 'DELETE',
			headers: { authorization: `Bearer ${token}` },
			keepalive: true
		});
	} catch {
		// No network: the media server notices by itself.
	}
}
