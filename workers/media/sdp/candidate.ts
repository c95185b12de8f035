import { isIP } from 'node:net';

/** More than a phone with every interface up ever has. */
const MAX_CANDIDATES = 16;

/** A UDP candidate of the client, as much of it as is used (RFC 8839 §5.1). */
export type RemoteCandidate = {
	readonly foundation: string;
	readonly priority: string;
	/** Null for a name (mDNS), which hides the address. */
	readonly address: string | null;
	readonly port: number;
	readonly type: string;
};

const CANDIDATE =
	/^([A-Za-z0-9+/]{1,32}) 1 udp (\d{1,10}) ([0-9A-Za-z.:-]{2,255}) (\d{1,5}) typ (host|srflx|prflx|relay)\b/i;

/** Reads the values of `a=candidate:` lines; what is not a UDP candidate of component 1 is passed over. */
export function readCandidates(values: readonly string[]): RemoteCandidate[] {
	const candidates: RemoteCandidate[] = [];
	for (const value of values) {
		const match = CANDIDATE.exec(value);
		const [, foundation = '', priority = '', host = '', portText, type = ''] = match ?? [];
		const port = Number(portText);
		const address = isIP(host) === 0 ? null : host;
		if (!match || port === 0 || port > 65_535) continue;
		if (address === null && !host.toLowerCase().endsWith('.local')) continue;
		candidates.push({ foundation, priority, address, port, type: type.toLowerCase() });
		if (candidates.length === MAX_CANDIDATES) break;
	}
	return candidates;
}

/** The whole line without `a=`, written from its parts: nothing of the client's own text goes on. */
export function writeCandidate(
	{ foundation, priority, port, type }: RemoteCandidate,
	address: string
): string {
	return `candidate:${foundation} 1 UDP ${priority} ${address} ${port} typ ${type}`;
}

/** A host candidate of ours; earlier ranks are preferred (RFC 8445 §5.1.2.1). */
export function hostCandidate(address: string, port: number, rank: number): string {
	const localPreference = 65_535 - rank;
	const priority = 126 * 2 ** 24 + localPreference * 2 ** 8 + 255;
	return `candidate:${rank + 1} 1 UDP ${priority} ${address} ${port} typ host`;
}
