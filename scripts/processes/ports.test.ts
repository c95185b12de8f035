import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { parseAddress, requireFreePorts, type WantedPort } from './ports.js';

const host = '127.0.0.1';
const want = (transport: 'tcp' | 'udp', port: number): WantedPort => ({
	...{ transport, host, port, purpose: 'portal', remedy: 'npm start -- --port N' }
});

test('free ports are let through', async () => {
	await requireFreePorts([want('tcp', 0), want('udp', 0)]);
});

test('every port in use gets its own line that says what to do', async () => {
	const tcp = createServer().listen(0, host);
	const udp = createSocket('udp4').bind(0, host);
	await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
	const { port } = tcp.address() as AddressInfo;
	const refused = requireFreePorts([want('tcp', port), want('udp', udp.address().port)]);
	await expect(refused).rejects.toThrow(
		`Port ${port} (TCP, portal) is in use by another program. Stop that one, or choose another: npm start -- --port N\n` +
			`Port ${udp.address().port} (UDP, portal) is in use`
	);
	tcp.close();
	udp.close();
});

test('an address of another machine is said to be impossible', async () => {
	const elsewhere = { ...want('tcp', 0), host: '192.0.2.1' };
	await expect(requireFreePorts([elsewhere])).rejects.toThrow('cannot be opened on 192.0.2.1');
});

test.each([
	['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
	['[::1]:8000', { host: '::1', port: 8000 }],
	['localhost', null],
	['1.2.3.4:70000', null]
])('reads %s', (text, address) => {
	expect(parseAddress(text)).toEqual(address);
});
