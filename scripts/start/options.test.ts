import { expect, test } from 'vitest';
import { readOptions, type StartOptions } from './options.js';

const read = (argv: string[], env: Record<string, string> = {}) =>
	readOptions(argv, env, '/clone') as StartOptions;

test('without a word: loopback, the known ports, .data in the clone, the demo', () => {
	const { portal, media, dataFolder, demo, lan } = read([]);
	expect({ portal, dataFolder, demo, lan }).toEqual({
		portal: { host: '127.0.0.1', port: 8000 },
		dataFolder: '/clone/.data',
		demo: true,
		lan: null
	});
	expect(Object.values(media).map(({ host, port }) => `${host}:${port}`)).toEqual([
		'127.0.0.1:8889',
		'127.0.0.1:8189',
		'127.0.0.1:8554',
		'127.0.0.1:9997'
	]);
});

test('an option wins over the environment', () => {
	const env = { PORT: '7000', DATA_DIR: '/srv/data', MEDIA_API_ADDRESS: '127.0.0.1:1997' };
	expect(read([], env)).toMatchObject({ portal: { port: 7000 }, dataFolder: '/srv/data' });
	expect(read(['--port', '7001', '--data', 'here'], env)).toMatchObject({
		portal: { port: 7001 },
		dataFolder: '/clone/here',
		media: { api: { port: 1997 } }
	});
});

test('--lan opens the door and the sound to the network, and nothing else', () => {
	const { portal, media, lan } = read(['--lan', '--lan-address', '192.168.1.5']);
	expect(lan).toEqual({
		front: { host: '192.168.1.5', port: 8443 },
		others: [],
		certificate: null
	});
	expect(media.ice.host).toBe('192.168.1.5');
	expect([portal, media.http, media.rtsp, media.api].map(({ host }) => host)).toEqual(
		Array(4).fill('127.0.0.1')
	);
});

test.each([
	[['--prot', '1'], /Unknown option '--prot'[\s\S]*Usage: npm start/],
	[['--port', 'eighty'], /--port must be a port number from 1 to 65535, not "eighty"/],
	[['--port', '0'], /--port must be/],
	[['--lan', '--cert', 'a.pem'], /--cert and --key go together/],
	[['--cert', 'a.pem', '--key', 'b.pem'], /are for --lan/]
])('%s is answered with a sentence', (argv, sentence) => {
	expect(() => read(argv)).toThrow(sentence);
});

test('an address that is none is named', () => {
	expect(() => read([], { MEDIA_HTTP_ADDRESS: '8889' })).toThrow(
		'MEDIA_HTTP_ADDRESS must be host:port'
	);
});
