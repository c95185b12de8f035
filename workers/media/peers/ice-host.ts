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
		socket: iceSocket(address, port),
		candidates: () => {
			const addresses = everywhere ? localAddresses(address === '::') : [address];
			return [...new Set([...additionalHosts, ...addresses])].map((host, rank) =>
				hostCandidate(host, port, rank)
			);
		},
		localAddresses: () => localAddresses(address === '::')
	};
}

export function iceSocket(address: string, port: number): IceSocket {
	return { bindAddress: address === '::' ? null : address, port };
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

/**
 * Takes a UDP port (0: any) and lets it go again; gives back which. Throws what the system says when it
 * cannot be had: the native library would only say that it failed.
 */
export async function tryUdpPort(address: string, wanted: number): Promise<number> {
	const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
	return new Promise((resolve, reject) => {
		socket.once('error', reject);
		socket.bind(wanted, address, () => {
			const { port } = socket.address();
			socket.close(() => resolve(port));
		});
	});
}
