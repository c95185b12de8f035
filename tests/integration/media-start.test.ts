import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProcess } from '../support/running-process.ts';

/** What a person sees who starts the media server where it cannot start: one sentence, and no server. */
const FREE = {
	MEDIA_HTTP_ADDRESS: '127.0.0.1:0',
	MEDIA_ICE_ADDRESS: '127.0.0.1:0',
	MEDIA_RTSP_ADDRESS: '127.0.0.1:0',
	MEDIA_API_ADDRESS: '127.0.0.1:0',
	LOG_LEVEL: 'warn'
};

const tcp = createServer();
const udp = createSocket('udp4');
beforeAll(async () => {
	tcp.listen(0, '127.0.0.1');
	udp.bind(0, '127.0.0.1');
	await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
});
afterAll(() => {
	tcp.close();
	udp.close();
});

async function start(env: Readonly<Record<string, string>>) {
	const server = startProcess('node', ['--import', 'tsx', 'workers/media/main.ts'], {
		cwd: resolve(import.meta.dirname, '../..'),
		env: { ...FREE, ...env }
	});
	const { code } = await server.ended;
	return { code, said: server.output().trim() };
}

describe('the media server does not start', () => {
	test.each(['MEDIA_HTTP_ADDRESS', 'MEDIA_RTSP_ADDRESS', 'MEDIA_API_ADDRESS', 'MEDIA_ICE_ADDRESS'])(
		'where the port of %s is in use',
		async (name) => {
			const { port } =
				name === 'MEDIA_ICE_ADDRESS' ? udp.address() : (tcp.address() as AddressInfo);
			const { code, said } = await start({ [name]: `127.0.0.1:${port}` });
			expect(code).toBe(1);
			expect(said).toMatch(new RegExp(`^127\\.0\\.0\\.1:${port} is in use; .*: ${name}\\.$`));
		}
	);

	test('on an address that is not here', async () => {
		const { code, said } = await start({ MEDIA_ICE_ADDRESS: '203.0.113.77:8189' });
		expect(code).toBe(1);
		expect(said).toBe('203.0.113.77:8189 is not an address of this machine: MEDIA_ICE_ADDRESS.');
	});

	test('with a certificate that is not there', async () => {
		const { code, said } = await start({
			MEDIA_TLS_CERT: '/nowhere.pem',
			MEDIA_TLS_KEY: '/nowhere.key'
		});
		expect(code).toBe(1);
		expect(said).toMatch(
			/^The certificate of MEDIA_TLS_CERT and MEDIA_TLS_KEY cannot be read: .+\.$/
		);
	});

	test('in an environment with faults, all of which it names', async () => {
		const { code, said } = await start({ MEDIA_HTTP_ADDRESS: 'x', LOG_LEVEL: 'loud' });
		expect(code).toBe(1);
		expect(said).toMatch(/MEDIA_HTTP_ADDRESS must be .*\n.*LOG_LEVEL/);
	});
});
