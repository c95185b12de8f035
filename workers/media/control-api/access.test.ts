import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { ok } from '#lib/domain/result.ts';
import type { HttpRequest } from '../http/server.ts';
import { TokenVerifier } from '../tokens/verifier.ts';
import { refuseControl } from './access.ts';

// Without keys every token is refused.
const closed = new TokenVerifier(null, {}, pino({ level: 'silent' }));

async function status(
	remoteAddress: string,
	headers: Readonly<Record<string, string>>
): Promise<number> {
	const request: HttpRequest = {
		method: 'GET',
		path: '/v3/info',
		query: '',
		headers,
		remoteAddress,
		remote: `${remoteAddress}:1`,
		body: async () => ok(Buffer.alloc(0))
	};
	return (await refuseControl(request, closed, 'api'))?.status ?? 200;
}

describe('the control API', () => {
	test.each([
		['127.0.0.1', { host: '127.0.0.1:9997' }],
		['::1', { host: '[::1]:9997' }],
		['::ffff:127.0.0.1', { host: 'localhost' }]
	])('is open on this machine, for %s', async (address, headers) => {
		expect(await status(address, headers)).toBe(200);
	});

	test.each([
		['from elsewhere', '192.0.2.9', { host: '127.0.0.1:9997' }, 401],
		['by way of a proxy', '127.0.0.1', { host: 'localhost', 'x-forwarded-for': '192.0.2.9' }, 401],
		['under a name of somebody’s', '127.0.0.1', { host: 'rebind.example.org:9997' }, 403],
		['without a name', '127.0.0.1', {}, 403],
		['by a page', '127.0.0.1', { host: 'localhost:9997', origin: 'http://localhost:8000' }, 401],
		[
			'by a page’s picture',
			'127.0.0.1',
			{ host: 'localhost', 'sec-fetch-site': 'cross-site' },
			401
		],
		['with a wrong token', '127.0.0.1', { host: 'localhost', authorization: 'Bearer x' }, 401]
	])('is closed %s', async (_, address, headers, refusal) => {
		expect(await status(address, headers)).toBe(refusal);
	});
});
