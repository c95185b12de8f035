import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { badWay, type BadNetwork } from './bad-network.ts';

/** A cable between one peer and a media server on loopback, which a test can cut. */
export type UdpRelay = {
	/** The answer with the relay's address instead of the server's. Call once, before the peer accepts it. */
	redirect(answer: string): string;
	/** From now on nothing passes, in either direction, and nobody is told. */
	cut(): void;
	/** From now on only ICE and DTLS pass: connected, but silent. */
	cutSound(): void;
	/** From now on sound (RTP and RTCP) fares so in one direction; the same again for the same seed. */
	spoil(direction: 'up' | 'down', network: BadNetwork, seed?: number): void;
	close(): Promise<void>;
};

/**
 * Only for a peer that offered no candidates of its own: a server that knows the peer's address goes past
 * the relay.
 */
export async function udpRelay(): Promise<UdpRelay> {
	const near = createSocket('udp4');
	const far = createSocket('udp4');
	let server: { address: string; port: number } | undefined;
	let client: { address: string; port: number } | undefined;
	let passes: (packet: Buffer) => boolean = () => true;
	let closed = false;
	const fate = { up: badWay({}, 0), down: badWay({}, 0) };
	/** Sends a packet on as often and as late as it arrives. */
	function carry(direction: 'up' | 'down', bytes: Buffer): void {
		const [socket, to] = direction === 'up' ? [far, server] : [near, client];
		if (!to || !passes(bytes)) return;
		const arrivals = isSound(bytes) ? fate[direction](bytes.length, performance.now()) : [0];
		for (const afterMs of arrivals) {
			if (afterMs < 1) socket.send(bytes, to.port, to.address);
			else setTimeout(() => closed || socket.send(bytes, to.port, to.address), afterMs);
		}
	}
	near.on('message', (bytes, from) => {
		client = from;
		carry('up', bytes);
	});
	far.on('message', (bytes) => carry('down', bytes));
	near.bind(0, '127.0.0.1');
	far.bind(0, '127.0.0.1');
	await Promise.all([once(near, 'listening'), once(far, 'listening')]);

	return {
		redirect(answer) {
			const host = /^a=candidate:\S+ 1 udp \d+ (127\.\S+) (\d+) typ host/im.exec(answer);
			if (host === null) throw new Error(`no loopback candidate in the answer:\n${answer}`);
			server = { address: host[1] ?? '', port: Number(host[2]) };
			const relayed = `a=candidate:1 1 udp 2114977791 127.0.0.1 ${near.address().port} typ host`;
			let replaced = false;
			return answer
				.split(/\r?\n/)
				.flatMap((line) => {
					if (!line.startsWith('a=candidate:')) return [line];
					if (replaced) return [];
					replaced = true;
					return [relayed];
				})
				.join('\r\n');
		},
		cut() {
			passes = () => false;
		},
		cutSound() {
			passes = (packet) => !isSound(packet);
		},
		spoil(direction, network, seed = 1) {
			fate[direction] = badWay(network, seed);
		},
		async close() {
			closed = true;
			near.close();
			far.close();
			await Promise.all([once(near, 'close'), once(far, 'close')]);
		}
	};
}

/** RTP and RTCP share a port with ICE and DTLS and are told apart by their first byte (RFC 7983, section 7). */
function isSound(packet: Buffer): boolean {
	return (packet[0] ?? 0) >= 128;
}
