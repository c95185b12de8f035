import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbedded } from '../contracts/media-server/start-embedded.ts';
import type { RunningMediaServer } from '../contracts/media-server/running-media-server.ts';
import { eventually } from '../support/eventually.ts';
import { deleteSession, openSession } from '../support/webrtc/endpoint.ts';
import { offeringPeer } from '../support/webrtc/peer.ts';
import { listen } from '../support/webrtc/whep-reader.ts';

/**
 * Nonsense on every door of the embedded media server: it must answer or hang up, and go on serving the
 * listener who was there before. Its start time tells whether it is still the same process.
 */
const PATH = 'fuzz/fr';
let server: RunningMediaServer;
let started: unknown;
let readToken: string;
let publishToken: string;

beforeAll(async () => {
	server = await startEmbedded();
	const created = await fetch(`${server.apiBase}/v3/config/paths/add/${PATH}`, {
		method: 'POST',
		body: JSON.stringify({ alwaysAvailable: true, alwaysAvailableTracks: [{ codec: 'Opus' }] })
	});
	expect(created.status).toBe(200);
	started = await startTime();
	readToken = await server.tokens.sign([{ action: 'read', path: PATH }]);
	publishToken = await server.tokens.sign([{ action: 'publish', path: PATH }]);
});
afterAll(() => server.stop());

async function startTime(): Promise<unknown> {
	const response = await fetch(`${server.apiBase}/v3/info`);
	return ((await response.json()) as { started: unknown }).started;
}

/** Sends bytes and half-closes; resolves with what came back when the server hangs up. */
async function say(base: string, bytes: Uint8Array): Promise<string> {
	const { hostname, port } = new URL(base);
	const answer: Buffer[] = [];
	await new Promise<void>((resolve) => {
		const socket = connect({ host: hostname, port: Number(port) }, () => socket.end(bytes));
		socket.on('data', (chunk) => answer.push(chunk));
		socket.on('error', () => undefined);
		socket.on('close', () => resolve());
	});
	return Buffer.concat(answer).toString('latin1');
}

const word = fc.oneof(
	fc.string({ maxLength: 30 }),
	fc.constantFrom('', ' ', '\r\n', '\0', '%00', '..', '\u{1F600}')
);
const httpPath = fc.oneof(
	fc.constantFrom(
		`/${PATH}/whip`,
		`/${PATH}/whep`,
		`/${PATH}/whep/00000000-0000-4000-8000-000000000000`,
		'/v3/paths/list?page=x',
		'/v3/config/paths/add/x',
		'/v3/webrtcsessions/get/x',
		'//whip',
		'/%zz/whep'
	),
	word.map((text) => `/${text}`)
);
const headers = fc.dictionary(
	fc.constantFrom(
		'content-type',
		'content-length',
		'authorization',
		'host',
		'origin',
		'transfer-encoding',
		'x'
	),
	fc.oneof(
		word,
		fc.constantFrom('application/sdp', '-1', '99999999', 'Bearer x', 'Basic Og==', 'chunked')
	),
	{ maxKeys: 5 }
);

test('HTTP nonsense is answered or hung up on', async () => {
	const request = fc.record({
		method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PUT', 'BREW', ''),
		path: httpPath,
		headers,
		body: fc.uint8Array({ maxLength: 200 })
	});
	await fc.assert(
		fc.asyncProperty(request, fc.boolean(), async ({ method, path, headers, body }, toApi) => {
			const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
			const bytes = Buffer.concat([
				Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n`),
				body
			]);
			const answer = await say(toApi ? server.apiBase : server.webrtcBase, bytes);
			expect(answer).not.toMatch(/at .*\(.*:\d+:\d+\)|node_modules|Error:/);
			expect(answer).not.toMatch(/^HTTP\/1\.1 500/);
		}),
		{ numRuns: 300 }
	);
	expect(await startTime()).toEqual(started);
}, 60_000);

test('offers with any lines changed are taken or refused', async () => {
	const peer = offeringPeer('fuzz-offers', [{ kind: 'audio', direction: 'RecvOnly' }]);
	const lines = (await peer.bareOffer).split('\r\n').filter((line) => line !== '');
	const change = fc.record({
		at: fc.nat(lines.length - 1),
		to: fc.oneof(
			fc.constant(''),
			word,
			word.map((text) => `a=${text}`),
			fc.constantFrom(
				'm=video 9 UDP/TLS/RTP/SAVPF 96',
				'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
				'a=setup:active',
				'a=mid:',
				'a=ice-pwd:x',
				'a=rtpmap:111 opus/48000/1'
			)
		)
	});
	await fc.assert(
		fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
			const changed = [...lines];
			for (const { at, to } of changes) changed[at] = to;
			const response = await fetch(`${server.webrtcBase}/${PATH}/whep`, {
				method: 'POST',
				headers: { 'content-type': 'application/sdp', authorization: `Bearer ${readToken}` },
				body: changed.join('\r\n')
			});
			const body = await response.text();
			expect([201, 400, 406], body).toContain(response.status);
			const location = response.headers.get('location');
			if (location !== null)
				expect((await fetch(server.webrtcBase + location, { method: 'DELETE' })).status).toBe(200);
		}),
		{ numRuns: 200 }
	);
	peer.close();
	expect(await startTime()).toEqual(started);
}, 60_000);

test('RTSP nonsense is answered or hung up on', async () => {
	const url = `${server.rtspBase}/${PATH}?token=${readToken}`;
	const request = fc
		.record({
			method: fc.constantFrom(
				'OPTIONS',
				'DESCRIBE',
				'SETUP',
				'PLAY',
				'GET_PARAMETER',
				'PAUSE',
				'RECORD',
				'X'
			),
			url: fc.oneof(fc.constantFrom(url, `${url}/trackID=0`, '*'), word),
			transport: fc.oneof(fc.constant('RTP/AVP/TCP;interleaved=0-1'), word)
		})
		.map(
			({ method, url: target, transport }) =>
				`${method} ${target} RTSP/1.0\r\nCSeq: 1\r\nTransport: ${transport}\r\n\r\n`
		);
	const frame = fc
		.uint8Array({ maxLength: 60 })
		.map((data) => Buffer.from([0x24, 1, 0, data.length, ...data]).toString('latin1'));
	const noise = fc
		.uint8Array({ maxLength: 60 })
		.map((data) => Buffer.from(data).toString('latin1'));
	await fc.assert(
		fc.asyncProperty(fc.array(fc.oneof(request, frame, noise), { maxLength: 8 }), async (parts) => {
			await say(server.rtspBase.replace('rtsp:', 'http:'), Buffer.from(parts.join(''), 'latin1'));
		}),
		{ numRuns: 200 }
	);
	expect(await startTime()).toEqual(started);
}, 60_000);

test('RTP and RTCP nonsense from a publisher reaches nobody and harms nobody', async () => {
	const listener = await listen({ url: `${server.webrtcBase}/${PATH}/whep`, token: readToken });
	const peer = offeringPeer('fuzz-rtp', [{ kind: 'audio', direction: 'SendOnly', ssrc: 77 }]);
	const session = await openSession(
		{ url: `${server.webrtcBase}/${PATH}/whip`, token: publishToken },
		await peer.bareOffer
	);
	peer.accept(session.answer);
	await peer.connected;
	const [track] = peer.tracks;

	const rtp = fc
		.record({
			first: fc.integer({ min: 0x80, max: 0xbf }),
			second: fc.oneof(
				fc.constantFrom(111, 111 | 0x80, 200, 201, 203, 205),
				fc.integer({ min: 0, max: 255 })
			),
			rest: fc.uint8Array({ minLength: 10, maxLength: 300 })
		})
		.map(({ first, second, rest }) => Buffer.from([first, second, ...rest]));
	let sent = 0;
	fc.assert(
		fc.property(rtp, (packet) => {
			try {
				if (track?.sendMessageBinary(packet) === true) sent += 1;
			} catch {
				// The library's own SRTP will not encrypt every header; what it does, goes.
			}
		}),
		{ numRuns: 3000 }
	);
	expect(sent).toBeGreaterThan(500);
	expect(await startTime()).toEqual(started);
	await deleteSession(session.resource);
	peer.close();

	const heard = listener.packets.length;
	await eventually('the listener hears silence again', () => listener.packets.length > heard + 10);
	await listener.leave();
}, 60_000);
