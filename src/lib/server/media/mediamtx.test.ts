import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { parseLanguage } from '#lib/domain/language.ts';
import { mediaPath } from '#lib/domain/media-path.ts';
import { MediaServerDown, PathRefused } from './media-server.ts';
import { createMediaMtx } from './mediamtx.ts';

/** Answers of a control API, one after the other per call; the last one stays. */
type Scripted = { status?: number; body?: unknown; hang?: boolean };
type Script = Record<string, Scripted | Scripted[]>;

const servers: Server[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) {
		server.closeAllConnections();
		server.close();
		await once(server, 'close');
	}
});

async function scripted(script: Script) {
	const calls: { call: string; body: string; token: string | undefined }[] = [];
	const turns = new Map<string, number>();
	const server = createServer((request, response) => {
		void readBody(request).then((body) => {
			const call = `${request.method} ${request.url}`;
			calls.push({ call, body, token: request.headers.authorization });
			const answers = [script[call] ?? { status: 404, body: { status: 'error', error: 'none' } }];
			const list = answers.flat();
			const turn = Math.min(turns.get(call) ?? 0, list.length - 1);
			turns.set(call, turn + 1);
			const answer = list[turn] ?? {};
			if (answer.hang) return;
			response.statusCode = answer.status ?? 200;
			response.end(
				typeof answer.body === 'string'
					? answer.body
					: JSON.stringify(answer.body ?? { status: 'ok' })
			);
		});
	}).listen(0, '127.0.0.1');
	servers.push(server);
	await once(server, 'listening');
	const address = server.address();
	if (typeof address !== 'object' || address === null) throw new Error('no address');
	const media = createMediaMtx({
		base: `http://127.0.0.1:${address.port}/`,
		apiToken: () => Promise.reject(new Error('not asked for on loopback')),
		timeoutMs: 300
	});
	return { media, calls, port: address.port };
}

async function readBody(request: IncomingMessage): Promise<string> {
	let body = '';
	for await (const chunk of request) body += String(chunk);
	return body;
}

const french = parseLanguage('fr');
if (!french.ok) throw new Error('fr');
const PATH = mediaPath({ event: 'ev', room: null, language: french.value });
const AVAILABLE = { alwaysAvailable: true };
const OPUS = { alwaysAvailable: true, alwaysAvailableTracks: [{ codec: 'Opus', sampleRate: 0 }] };

const pathBody = (over: object = {}) => ({
	name: PATH,
	available: true,
	online: false,
	source: null,
	readers: [],
	inboundBytes: 0,
	extra: 'ignored',
	...over
});
const sessionBody = (over: object = {}) => ({
	id: 's1',
	state: 'publish',
	path: PATH,
	user: 'seat:a',
	inboundBytes: 900,
	inboundRTPPackets: 10,
	inboundRTPPacketsLost: 2,
	...over
});

const CONFIG = `GET /v3/config/paths/get/${PATH}`;
const ADD = `POST /v3/config/paths/add/${PATH}`;
const PATCH = `PATCH /v3/config/paths/patch/${PATH}`;
const GET = `GET /v3/paths/get/${PATH}`;

describe('ensurePath', () => {
	it('leaves a path alone that is as wanted', async () => {
		const { media, calls } = await scripted({
			[CONFIG]: { body: OPUS },
			[GET]: { body: pathBody() }
		});
		expect(await media.ensurePath(PATH, AVAILABLE)).toBe('kept');
		expect(calls.map(({ call }) => call)).toEqual([CONFIG, GET]);
	});

	it('creates a missing one and waits until it is applied', async () => {
		const { media, calls } = await scripted({
			[ADD]: {},
			[GET]: [{ status: 404 }, { status: 404 }, { body: pathBody() }]
		});
		expect(await media.ensurePath(PATH, AVAILABLE)).toBe('created');
		expect(calls.filter(({ call }) => call === GET)).toHaveLength(3);
		expect(JSON.parse(calls[1]?.body ?? '')).toEqual({
			alwaysAvailable: true,
			alwaysAvailableTracks: [{ codec: 'Opus' }]
		});
	});

	it('changes a wrong one while nobody is on air', async () => {
		const { media, calls } = await scripted({
			[CONFIG]: { body: { alwaysAvailable: false, alwaysAvailableTracks: [] } },
			[GET]: [{ body: pathBody({ available: false }) }, { body: pathBody() }],
			[PATCH]: {}
		});
		expect(await media.ensurePath(PATH, AVAILABLE)).toBe('changed');
		expect(calls.map(({ call }) => call)).toContain(PATCH);
	});

	it('does not touch a wrong one under a voice', async () => {
		const { media, calls } = await scripted({
			[CONFIG]: { body: { alwaysAvailable: true, alwaysAvailableTracks: [{ codec: 'G711' }] } },
			[GET]: { body: pathBody({ online: true, source: { type: 'webRTCSession', id: 's1' } }) }
		});
		expect(await media.ensurePath(PATH, AVAILABLE)).toBe('postponed');
		expect(calls.every(({ call }) => call.startsWith('GET'))).toBe(true);
	});

	it('takes what another portal made in the same moment', async () => {
		const { media } = await scripted({
			[CONFIG]: [{ status: 404 }, { body: OPUS }],
			[ADD]: { status: 400, body: { status: 'error', error: 'path already exists' } },
			[GET]: { body: pathBody() }
		});
		expect(await media.ensurePath(PATH, AVAILABLE)).toBe('created');
	});

	it('says so when the media server refuses', async () => {
		const { media } = await scripted({
			[ADD]: { status: 400, body: { status: 'error', error: 'invalid path name' } }
		});
		const refused = expect(media.ensurePath(PATH, AVAILABLE)).rejects;
		await refused.toBeInstanceOf(PathRefused);
		await expect(media.ensurePath(PATH, AVAILABLE)).rejects.toThrow(/invalid path name/);
	});

	it('wants no silence on a path that is not always available', async () => {
		const { media, calls } = await scripted({
			[CONFIG]: [{ status: 404 }],
			[ADD]: {},
			[GET]: { body: pathBody({ available: false }) }
		});
		expect(await media.ensurePath(PATH, { alwaysAvailable: false })).toBe('created');
		expect(JSON.parse(calls[1]?.body ?? '')).toEqual({
			alwaysAvailable: false,
			alwaysAvailableTracks: []
		});
	});
});

describe('paths and publishers', () => {
	it('reads every page of the list', async () => {
		const page = (n: number) => `GET /v3/paths/list?itemsPerPage=1000&page=${n}`;
		const source = { type: 'webRTCSession', id: 's1' };
		const readers = [
			{ type: 'webRTCSession', id: 'r1' },
			{ type: 'rtspSession', id: 'w1' }
		];
		const { media } = await scripted({
			[page(0)]: { body: { pageCount: 2, itemCount: 2, items: [pathBody({ readers })] } },
			[page(1)]: {
				body: {
					pageCount: 2,
					itemCount: 2,
					items: [pathBody({ name: 'ev/floor', online: true, source, inboundBytes: 7 })]
				}
			}
		});
		expect(await media.listPaths()).toEqual([
			{ path: PATH, online: false, sourceId: null, readers: 1, inboundBytes: 0, levelDb: null },
			{ path: 'ev/floor', online: true, sourceId: 's1', readers: 0, inboundBytes: 7, levelDb: null }
		]);
	});

	it('tells whose sound a path carries', async () => {
		const { media } = await scripted({
			[GET]: { body: pathBody({ online: true, source: { type: 'webRTCSession', id: 's1' } }) },
			['GET /v3/webrtcsessions/get/s1']: { body: sessionBody() }
		});
		expect(await media.publisher(PATH)).toEqual({
			sessionId: 's1',
			path: PATH,
			user: 'seat:a',
			inboundBytes: 900,
			packets: 10,
			packetsLost: 2,
			jitterMs: null
		});
	});

	it('knows no publisher on a missing path, an offline one, or one whose session just ended', async () => {
		expect(await (await scripted({})).media.publisher(PATH)).toBeNull();
		const offline = await scripted({ [GET]: { body: pathBody() } });
		expect(await offline.media.publisher(PATH)).toBeNull();
		const ended = await scripted({
			[GET]: { body: pathBody({ online: true, source: { type: 'webRTCSession', id: 's1' } }) }
		});
		expect(await ended.media.publisher(PATH)).toBeNull();
	});

	it('lists publishers of one path, also before their first packet, and no readers', async () => {
		const list = 'GET /v3/webrtcsessions/list?state=publish&itemsPerPage=1000&page=0';
		const items = [
			sessionBody({ id: 'a', inboundRTPPackets: 0 }),
			sessionBody({ id: 'b', state: 'read' }),
			sessionBody({ id: 'c', path: 'ev/de' })
		];
		const { media } = await scripted({ [list]: { body: { pageCount: 1, items } } });
		expect((await media.publishSessions(PATH)).map((each) => each.sessionId)).toEqual(['a']);
		expect((await media.publishSessions()).map((each) => each.sessionId)).toEqual(['a', 'c']);
	});

	it('counts a kick of somebody who is gone as done', async () => {
		const { media } = await scripted({ ['POST /v3/webrtcsessions/kick/s1']: {} });
		expect(await media.kick('s1')).toBe(true);
		expect(await media.kick('gone')).toBe(true);
	});
});

describe('a media server that is not well', () => {
	const reasonOf = async (promise: Promise<unknown>) => {
		const error: unknown = await promise.then(
			() => null,
			(reason: unknown) => reason
		);
		if (!(error instanceof MediaServerDown)) throw new Error(`not down: ${String(error)}`);
		return error.reason;
	};

	it('is down within the limit when it hangs, and never makes health throw', async () => {
		const { media } = await scripted({
			['GET /v3/info']: { hang: true },
			['GET /v3/paths/list?itemsPerPage=1000&page=0']: { hang: true }
		});
		const startedAt = performance.now();
		expect(await media.health()).toBe(false);
		expect(await media.startedAt()).toBeNull();
		expect(await reasonOf(media.listPaths())).toBe('no-answer');
		expect(performance.now() - startedAt).toBeLessThan(5_000);
	});

	it('is told apart: refused, unauthorised, or answering nonsense', async () => {
		const { media, port } = await scripted({
			['GET /v3/info']: { status: 401 },
			[GET]: { body: '<html>' },
			['GET /v3/paths/list?itemsPerPage=1000&page=0']: { status: 500 }
		});
		expect(await reasonOf(media.info())).toBe('unauthorised');
		expect(await reasonOf(media.publisher(PATH))).toBe('no-answer');
		expect(await reasonOf(media.listPaths())).toBe('no-answer');

		const server = servers.pop();
		server?.closeAllConnections();
		server?.close();
		const gone = createMediaMtx({
			base: `http://localhost:${port}`,
			apiToken: () => Promise.reject(new Error('not asked for on loopback'))
		});
		expect(await reasonOf(gone.listPaths())).toBe('refused');
	});

	it('is asked with a token where it is not on loopback, and with none there', async () => {
		const call = 'GET /v3/info';
		const { media, calls, port } = await scripted({
			[call]: { body: { version: 'v1', started: 'then' } }
		});
		await media.info();
		// Not a loopback address by its name, though it reaches this machine.
		const base = `http://0.0.0.0:${port}`;
		await createMediaMtx({ base, apiToken: () => Promise.resolve('t0ken') }).info();
		expect(calls.map(({ token }) => token)).toEqual([undefined, 'Bearer t0ken']);

		const noToken = () => Promise.reject(new Error('the database is away'));
		expect(await reasonOf(createMediaMtx({ base, apiToken: noToken }).info())).toBe('unauthorised');
	});

	it('knows the embedded server by its version', async () => {
		const info = (version: string) =>
			scripted({ ['GET /v3/info']: { body: { version, started: '2026-01-01T00:00:00Z' } } });
		expect(await (await info('v1.20.1')).media.info()).toMatchObject({ audioOnly: false });
		expect(await (await info('v1.20.1-voxbento')).media.info()).toEqual({
			version: 'v1.20.1-voxbento',
			startedAt: '2026-01-01T00:00:00Z',
			audioOnly: true
		});
	});
});
