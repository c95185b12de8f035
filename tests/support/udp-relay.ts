import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A cable between one peer and a media server on loopback, which a test can cut. */
export type UdpRelay = {
	/** The answer with the relay's address instead of the server's. Call once, before the peer accepts it. */
	redirect(answer: string): string;
	/** From now on nothing passes, in either direction, and nobody is told. */
	cut(): void;
	/** From now on only ICE and DTLS pass: connected, but silent. */
	cutSound(): void;
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
	near.on('message', (bytes, from) => {
		client = from;
		if (server && passes(bytes)) far.send(bytes, server.port, server.address);
	});
	far.on('message', (bytes) => {
		if (client && passes(bytes)) near.send(bytes, client.port, client.address);
	});
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
			// RTP and RTCP share a port with ICE and DTLS and are told apart by their first byte (RFC 7983, section 7).
			passes = (packet) => (packet[0] ?? 0) < 128;
		},
		async close() {
			near.close();
			far.close();
			await Promise.all([once(near, 'close'), once(far, 'close')]);
		}
	};
}
