import { describe, expect, test } from 'vitest';
import { readEnv } from './env.ts';

describe('the environment', () => {
	test('has loopback for everything when nothing is said', () => {
		const env = readEnv({});
		expect(env).toMatchObject({
			ok: true,
			value: {
				MEDIA_HTTP_ADDRESS: { host: '127.0.0.1', port: 8889 },
				MEDIA_ICE_ADDRESS: { host: '127.0.0.1', port: 8189 },
				MEDIA_RTSP_ADDRESS: { host: '127.0.0.1', port: 8554 },
				MEDIA_API_ADDRESS: { host: '127.0.0.1', port: 9997 },
				MEDIA_ADDITIONAL_HOSTS: [],
				MEDIA_ALLOW_ORIGINS: ['*'],
				LOG_LEVEL: 'info'
			}
		});
	});

	test.each([
		['192.0.2.1:8889', { host: '192.0.2.1', port: 8889 }],
		['[::1]:8889', { host: '::1', port: 8889 }],
		['[::]:0', { host: '::', port: 0 }],
		[':8889', { host: '0.0.0.0', port: 8889 }],
		['localhost:8889', { host: '127.0.0.1', port: 8889 }],
		['', { host: '127.0.0.1', port: 8889 }]
	])('takes "%s" for an address', (text, address) => {
		expect(readEnv({ MEDIA_HTTP_ADDRESS: text })).toMatchObject({
			ok: true,
			value: { MEDIA_HTTP_ADDRESS: address }
		});
	});

	test('says every fault at once, by name', () => {
		const env = readEnv({
			MEDIA_HTTP_ADDRESS: 'everywhere:8889',
			MEDIA_RTSP_ADDRESS: '127.0.0.1:99999',
			MEDIA_ICE_ADDRESS: '127.0.0.1:80',
			MEDIA_JWKS_URL: 'not a url',
			MEDIA_ADDITIONAL_HOSTS: '203.0.113.1,example.org',
			MEDIA_TLS_CERT: '/tmp/cert.pem',
			LOG_LEVEL: 'loud'
		});
		if (env.ok) throw new Error('taken');
		for (const name of [
			'MEDIA_HTTP_ADDRESS',
			'MEDIA_RTSP_ADDRESS',
			'MEDIA_ICE_ADDRESS needs a port above 1024',
			'MEDIA_JWKS_URL',
			'MEDIA_ADDITIONAL_HOSTS',
			'MEDIA_TLS_KEY',
			'LOG_LEVEL'
		])
			expect(env.error.message).toContain(name);
	});
});
