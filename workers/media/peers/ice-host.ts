import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { hostCandidate } from '../sdp/candidate.ts';
import type { IceSocket } from './peer.ts';

/** Where peers reach this server: the one UDP socket, and the candidates every answer lists. */
export type IceHost = {
	readonly socket: IceSocket;
	candidates(): readonly string[];
	/** This machine's addresses as a browser on it would use them. */
	localAddresses(): readonly string[];
};

/**
 * `address` is a literal IP; `0.0.0.0` and `::` mean every interface, whose addresses are then looked up
 * for each answer (a laptop may have changed its network). `additionalHosts` are literal IPs put first:
 * the public addresses of a server that does not see them on its own interfaces.
 */
export function iceHost(
	address: string,
	port: number,
	additionalHosts: readonly string[]
): IceHost {
	const everywhere = address === '0.0.0.0' || address === '::';
	return {
		socket: { bindAddress: address === '::' ? null : address, port },
		candidates: () => {
			const addresses = everywhere ? localAddresses(address === '::') : [address];
			return [...new Set([...additionalHosts, ...addresses])].map((host, rank) =>
				hostCandidate(host, port, rank)
			);
		},
		localAddresses: () => localAddresses(address === '::')
	};
}

/** Loopback last: it serves browsers on this machine and costs others one failed check. */
function localAddresses(ipv6: boolean): string[] {
	const found = Object.values(networkInterfaces())
		.flatMap((entries) => entries ?? [])
		.filter((entry) => isIP(entry.address) !== 0 && !entry.address.startsWith('fe80:'))
		.filter((entry) => entry.family === 'IPv4' || ipv6);
	return [
		...found.filter((entry) => !entry.internal),
		...found.filter((entry) => entry.internal)
	].map((entry) => entry.address);
}

/** A UDP port free at this moment. */
export async function findFreeUdpPort(address: string): Promise<number> {
	const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
	return new Promise((resolve, reject) => {
		socket.once('error', reject);
		socket.bind(0, address, () => {
			const { port } = socket.address();
			socket.close(() => resolve(port));
		});
	});
}
