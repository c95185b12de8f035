import { writeCandidate, type RemoteCandidate } from './candidate.ts';
import type { Offer } from './offer.ts';

/** Which DTLS role this server takes, and the client's candidates it checks by itself. */
export type TransportPlan = {
	readonly ours: 'active' | 'passive';
	/** `candidate:…` lines. */
	readonly candidates: readonly string[];
};

export type ClientPlace = {
	/** Where the request came from. */
	readonly address: string;
	/** This machine's own addresses, for a client that called over loopback. */
	readonly localAddresses: readonly string[];
};

const LOOPBACK = /^(127\.|::1$)/;
const MAX_CHECKED = 8;

/**
 * Chooses the DTLS role so that the first ClientHello never meets a side that is not ready: DTLS repeats a
 * lost one after 50 ms in browsers and after a whole second elsewhere.
 *
 * A client that can be reached directly gets our ICE checks before it has the answer, so we are connected
 * first and wait for its hello (passive). From any other client we hear first and are connected 50 ms after
 * it, libjuice's pace of checks; so the hello is ours (active), and candidates would only upset the order.
 *
 * libdatachannel as a client is treated like one from afar: answered that fast, it may finish DTLS before
 * it has stored our fingerprint, and gives up.
 */
export function planTransport(offer: Offer, client: ClientPlace): TransportPlan {
	const candidates = offer.fromLibdatachannel ? [] : directCandidates(offer.candidates, client);
	if (offer.setup === 'active') return { ours: 'passive', candidates };
	if (offer.setup === 'passive') return { ours: 'active', candidates: [] };
	return candidates.length === 0
		? { ours: 'active', candidates: [] }
		: { ours: 'passive', candidates };
}

/**
 * Host candidates at the address the client calls from: no NAT between us. Browsers hide that address
 * behind an mDNS name from pages without a microphone; the port beside it is true all the same.
 */
function directCandidates(
	candidates: readonly RemoteCandidate[],
	{ address, localAddresses }: ClientPlace
): string[] {
	const caller = address.replace(/^::ffff:/i, '');
	const sameMachine = LOOPBACK.test(caller);
	const direct: string[] = [];
	for (const candidate of candidates) {
		if (candidate.type !== 'host') continue;
		if (candidate.address === null)
			for (const known of sameMachine ? localAddresses : [caller])
				direct.push(writeCandidate(candidate, known));
		else if (sameMachine || candidate.address === caller)
			direct.push(writeCandidate(candidate, candidate.address));
	}
	return direct.slice(0, MAX_CHECKED);
}
