import { isIP } from 'node:net';

/** More than a phone with every interface up ever has. */
const MAX_CANDIDATES = 16;

/**
 * The client's UDP candidates with literal addresses, rewritten from their parts (RFC 8839 §5.1). Names
 * (mDNS) are left out: looking them up takes a thread and multicast, and a client's own checks show its
 * address anyway. Given early, they let this server check at once and be ready for the first ClientHello.
 */
export function usableCandidates(values: readonly string[]): string[] {
	const usable: string[] = [];
	for (const value of values) {
		const match =
			/^([A-Za-z0-9+/]{1,32}) 1 udp (\d{1,10}) ([0-9A-Fa-f.:]{2,45}) (\d{1,5}) typ (host|srflx|prflx|relay)\b/i.exec(
				value
			);
		if (!match) continue;
		const [, foundation, priority, address = '', port, type] = match;
		if (isIP(address) === 0 || Number(port) === 0 || Number(port) > 65_535) continue;
		usable.push(`candidate:${foundation} 1 UDP ${priority} ${address} ${port} typ ${type}`);
		if (usable.length === MAX_CANDIDATES) break;
	}
	return usable;
}

/** A host candidate of ours; earlier ranks are preferred (RFC 8445 §5.1.2.1). */
export function hostCandidate(address: string, port: number, rank: number): string {
	const localPreference = 65_535 - rank;
	const priority = 126 * 2 ** 24 + localPreference * 2 ** 8 + 255;
	return `candidate:${rank + 1} 1 UDP ${priority} ${address} ${port} typ host`;
}
