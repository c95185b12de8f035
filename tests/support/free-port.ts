import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A loopback port that was free a moment ago, for TCP and UDP alike. */
export async function freePort(): Promise<number> {
	for (;;) {
		const tcp = createServer().listen(0, '127.0.0.1');
		await once(tcp, 'listening');
		const address = tcp.address();
		const port = typeof address === 'object' && address !== null ? address.port : 0;
		const alsoUdp = await canBindUdp(port);
		tcp.close();
		await once(tcp, 'close');
		if (alsoUdp) return port;
	}
}

/** `count` different free ports. */
export async function freePorts(count: number): Promise<number[]> {
	const ports = new Set<number>();
	while (ports.size < count) ports.add(await freePort());
	return [...ports];
}

function canBindUdp(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const udp = createSocket('udp4');
		udp.once('error', () => resolve(false));
		udp.bind(port, '127.0.0.1', () => udp.close(() => resolve(true)));
	});
}
