/** A WHIP (RFC 9725) or WHEP endpoint and the token to use there. */
export type MediaEndpoint = { readonly url: string; readonly token?: string };

/** What a server answered to an offer it took. */
export type OpenedSession = {
	/** The session's own URL, for PATCH and DELETE. */
	readonly resource: string;
	/** Header `ID`: the name under which the control API lists the session. */
	readonly id: string;
	readonly answer: string;
};

export function authorisation(token: string | undefined): Record<string, string> {
	return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** Sends an offer as it is. */
export function postOffer(endpoint: MediaEndpoint, offer: string): Promise<Response> {
	return fetch(endpoint.url, {
		method: 'POST',
		headers: { 'content-type': 'application/sdp', ...authorisation(endpoint.token) },
		body: offer
	});
}

/** Sends an offer that is expected to be taken. @throws with status and body when it was not */
export async function openSession(endpoint: MediaEndpoint, offer: string): Promise<OpenedSession> {
	const response = await postOffer(endpoint, offer);
	const answer = await response.text();
	const location = response.headers.get('location');
	if (response.status !== 201 || location === null)
		throw new Error(`${endpoint.url} answered ${response.status}: ${answer}`);
	return {
		resource: new URL(location, endpoint.url).href,
		id: response.headers.get('id') ?? '',
		answer
	};
}

/** Sends trickled candidates (RFC 8840 fragment). */
export function patchCandidates(
	resource: string,
	fragment: string,
	contentType = 'application/trickle-ice-sdpfrag'
): Promise<Response> {
	return fetch(resource, {
		method: 'PATCH',
		headers: { 'content-type': contentType, 'if-match': '*' },
		body: fragment
	});
}

/** The fragment that brings `candidates` to the first media line of `offer`. */
export function candidateFragment(offer: string, candidates: readonly string[]): string {
	const line = (name: string): string => {
		const found = offer.split(/\r?\n/).find((each) => each.startsWith(name));
		if (found === undefined) throw new Error(`no ${name} in the offer`);
		return found;
	};
	return [
		line('a=ice-ufrag:'),
		line('a=ice-pwd:'),
		line('m=').replace(/ \d+ /, ' 9 '),
		'a=mid:0',
		...candidates.map((candidate) => `a=${candidate.replace(/^a=/, '')}`),
		'a=end-of-candidates',
		''
	].join('\r\n');
}

/** Ends a session by its own URL. */
export async function deleteSession(resource: string): Promise<number> {
	const response = await fetch(resource, { method: 'DELETE' });
	await response.arrayBuffer();
	return response.status;
}
