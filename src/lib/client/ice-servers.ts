/**
 * ICE servers that a WHIP or WHEP answer names in its Link headers (RFC 9725 §4.6), for example
 * `<turn:turn.example?transport=udp>; rel="ice-server"; username="u"; credential="c"; credential-type="password"`.
 *
 * @param header the joined Link header as `fetch` gives it, or null
 */
export function iceServersOf(header: string | null): RTCIceServer[] {
	if (header === null) return [];
	// A comma parts links only outside of <…> and "…".
	const links =
		header.match(/<[^>]*>(?:\s*;\s*[\w-]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^",;\s]+))*/g) ?? [];
	return links.flatMap((link) => {
		const url = /^<([^>]*)>/.exec(link)?.[1];
		const parameters = new Map(
			[...link.matchAll(/;\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",;\s]+))/g)].map(
				([, name = '', quoted, bare]) => [
					name.toLowerCase(),
					quoted?.replace(/\\(.)/g, '$1') ?? bare ?? ''
				]
			)
		);
		const username = parameters.get('username');
		const credential = parameters.get('credential');
		if (!url || !/^(stun|turns?|stuns):/i.test(url) || parameters.get('rel') !== 'ice-server')
			return [];
		return [
			username !== undefined && credential !== undefined
				? { urls: url, username, credential }
				: { urls: url }
		];
	});
}
