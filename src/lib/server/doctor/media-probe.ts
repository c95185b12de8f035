import { randomBytes, randomUUID } from 'node:crypto';
import type { MediaPath } from '#lib/domain/media-path.ts';

/** What the media server's public port says to somebody who knocks. */
export type Knock =
	| { readonly kind: 'answered'; readonly status: number; readonly candidates: readonly string[] }
	| { readonly kind: 'unreachable'; readonly why: string };

const TIMEOUT_MS = 4_000;

/**
 * Knocks at a channel with an offer of its own, as a browser would (WHIP RFC 9725 §4.2, WHEP), and leaves at
 * once when it is let in. No sound is ever sent: an accepted publisher of this kind goes as it came.
 *
 * @param token null: as a stranger
 */
export async function knock(
	base: string,
	{ path, as, token }: { path: MediaPath; as: 'publisher' | 'reader'; token: string | null }
): Promise<Knock> {
	const url = new URL(`${base.replace(/\/+$/, '')}/${path}/${as === 'reader' ? 'whep' : 'whip'}`);
	const headers = new Headers(token === null ? {} : { authorization: `Bearer ${token}` });
	const offering = new Headers(headers);
	offering.set('content-type', 'application/sdp');
	try {
		const response = await fetch(url, {
			method: 'POST',
			headers: offering,
			body: offer(as === 'reader' ? 'recvonly' : 'sendonly'),
			redirect: 'manual',
			signal: AbortSignal.timeout(TIMEOUT_MS)
		});
		const answer = await response.text();
		const session = response.headers.get('location');
		if (response.status === 201 && session !== null)
			await fetch(new URL(session, url), {
				method: 'DELETE',
				headers,
				signal: AbortSignal.timeout(TIMEOUT_MS)
			}).catch(() => undefined);
		return { kind: 'answered', status: response.status, candidates: hostsOf(answer) };
	} catch (error) {
		return { kind: 'unreachable', why: reason(error) };
	}
}

/** Addresses of the candidates of an answer (RFC 8839 §5.1), each once. */
function hostsOf(answer: string): readonly string[] {
	const found = [...answer.matchAll(/^a=candidate:\S+ \d+ \S+ \d+ (\S+) \d+ typ /gm)];
	return [...new Set(found.flatMap((match) => match[1] ?? []))];
}

function reason(error: unknown): string {
	const cause = error instanceof Error ? (error.cause ?? error) : error;
	if (cause instanceof Error && 'code' in cause) return String(cause.code);
	return cause instanceof Error ? cause.message : String(cause);
}

/** The shortest offer that WHIP and WHEP servers take (RFC 8866, RFC 8829); its keys belong to nobody. */
function offer(direction: 'sendonly' | 'recvonly'): string {
	const fingerprint = [...randomBytes(32)]
		.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
		.join(':');
	const stream = randomUUID();
	return [
		'v=0',
		'o=- 1 1 IN IP4 127.0.0.1',
		's=-',
		't=0 0',
		'a=group:BUNDLE 0',
		'm=audio 9 UDP/TLS/RTP/SAVPF 111',
		'c=IN IP4 0.0.0.0',
		'a=rtcp:9 IN IP4 0.0.0.0',
		`a=ice-ufrag:${randomBytes(4).toString('hex')}`,
		`a=ice-pwd:${randomBytes(16).toString('hex')}`,
		`a=fingerprint:sha-256 ${fingerprint}`,
		'a=setup:actpass',
		'a=mid:0',
		`a=${direction}`,
		...(direction === 'sendonly' ? [`a=msid:${stream} ${stream}`] : []),
		'a=rtcp-mux',
		'a=rtpmap:111 opus/48000/2',
		''
	].join('\r\n');
}
