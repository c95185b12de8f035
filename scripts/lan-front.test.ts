import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createFront } from './lan-front.js';
import { localCertificate } from './start/certificate.js';

type Seen = { by: string; method: string; url: string; headers: IncomingHttpHeaders; body: string };

const host = '127.0.0.1';
const folder = mkdtempSync(path.join(tmpdir(), 'front-'));
const servers: { close(): void; closeAllConnections(): void }[] = [];
let seen: Seen[] = [];
let ca: string;
let port: number;

/** A server behind the front that notes down what reaches it. */
async function backend(by: string): Promise<{ url: string; server: Server }> {
	const server = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		const { method = '', url = '', headers } = request;
		seen.push({ by, method, url, headers, body });
		if (url === '/never') return void request.socket.destroy();
		response.writeHead(201, { location: '/demo/en/whip/1', connection: 'close' }).end(by);
	});
	server.on('upgrade', (request, socket) => {
		seen.push({
			by,
			method: 'UPGRADE',
			url: request.url ?? '',
			headers: request.headers,
			body: ''
		});
		socket.write(
			'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
		);
		socket.on('data', (data) => socket.end(`echo ${String(data)}`));
	});
	server.listen(0, host);
	await once(server, 'listening');
	servers.push(server);
	return { url: `http://${host}:${(server.address() as AddressInfo).port}`, server };
}

beforeAll(async () => {
	const files = await localCertificate(folder, []);
	ca = readFileSync(files.authority, 'utf8');
	const front = createFront({
		cert: readFileSync(files.cert, 'utf8'),
		key: readFileSync(files.key, 'utf8'),
		authority: ca,
		portalUrl: (await backend('portal')).url,
		mediaUrl: (await backend('media')).url
	});
	front.listen(0, host);
	await once(front, 'listening');
	servers.push(front);
	({ port } = front.address() as AddressInfo);
});
beforeEach(() => (seen = []));
afterAll(() => {
	for (const server of servers) {
		server.closeAllConnections();
		server.close();
	}
	rmSync(folder, { recursive: true });
});

async function ask(url: string, options: RequestOptions = {}, body = '') {
	const request = httpsRequest({ host, port, path: url, ca, agent: false, ...options }).end(body);
	const [response] = await once(request, 'response');
	let text = '';
	for await (const chunk of response) text += String(chunk);
	return { status: response.statusCode, headers: response.headers, text };
}

test.each([
	['/', 'portal'],
	['/listener/demo?code=A', 'portal'],
	['/api/events/demo/booths/en/whip-url', 'portal'],
	['/demo/en/whip', 'media'],
	['/demo/en/whep?x=1', 'media'],
	['/demo/hall-two/pt-BR/whep/0a1b', 'media']
])('%s goes to the %s', async (url, by) => {
	expect(await ask(url)).toMatchObject({ status: 201, text: by });
	expect(seen).toMatchObject([{ by, url }]);
});

test('body, answer and Location go through unchanged', async () => {
	const options = { method: 'POST', headers: { 'content-type': 'application/sdp' } };
	const answer = await ask('/demo/en/whip', options, 'v=0');
	expect(answer.headers.location).toBe('/demo/en/whip/1');
	expect(seen).toMatchObject([{ method: 'POST', body: 'v=0' }]);
	expect(seen[0]?.headers['content-type']).toBe('application/sdp');
});

test('the portal learns who really asks, whatever they claim', async () => {
	await ask('/', {
		headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http', host: 'localhost' }
	});
	expect(seen[0]?.headers).toMatchObject({
		'x-forwarded-for': '127.0.0.1',
		'x-forwarded-proto': 'https',
		'x-forwarded-host': 'localhost'
	});
});

test('the endpoint of this machine’s own commands is not passed on', async () => {
	expect((await ask('/internal/token', { method: 'POST' })).status).toBe(404);
	expect((await ask('/%49nternal/token')).status).toBe(404);
	expect(seen).toEqual([]);
});

test('a portal that goes away in the middle is said to be away', async () => {
	const answer = await ask('/never');
	expect(answer.status).toBe(502);
	expect(answer.text).toContain('Try again');
});

test('sockets are passed through, in both directions', async () => {
	const headers = { connection: 'Upgrade', upgrade: 'websocket' };
	const request = httpsRequest({
		host,
		port,
		path: '/socket.io/',
		ca,
		agent: false,
		headers
	}).end();
	const [, socket] = await once(request, 'upgrade');
	socket.write('hello');
	const [data] = await once(socket, 'data');
	expect(String(data)).toBe('echo hello');
	expect(seen[0]?.headers['x-forwarded-for']).toBe('127.0.0.1');
	socket.destroy();
});

test('hands out the certificate of its authority', async () => {
	const answer = await ask('/local-authority.crt');
	expect(answer.headers['content-type']).toBe('application/x-x509-ca-cert');
	expect(answer.text).toBe(ca);
});
