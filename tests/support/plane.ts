import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ANONYMOUS, type Actor } from '#lib/domain/access/policy.ts';
import type { BoothCommand } from '#lib/domain/booth/command.ts';
import type { Phase } from '#lib/domain/booth/state.ts';
import {
	boothId,
	personId,
	seatId,
	type BoothId,
	type PersonId,
	type SeatId
} from '#lib/domain/ids.ts';
import type { PublishTicket } from '#lib/protocol/booth.ts';
import { composeApp, type App } from '#lib/server/app.ts';
import { booths, events, portals, rooms } from '#lib/server/db/schema.ts';
import { GET as whipUrl } from '../../src/routes/api/events/[slug]/booths/[lang]/whip-url/+server.ts';
import { GET as jwks } from '../../src/routes/[x+2e]well-known/jwks.json/+server.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './free-port.ts';
import { startProcess, type RunningProcess } from './running-process.ts';
import type { Voice } from './voices.ts';
import { publish, type WhipPublisher } from './webrtc/whip-publisher.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DAY_MS = 24 * 3_600_000;
/** The join code of the event `conf`. */
export const JOIN_CODE = 'ABC234';
/** A portal that holds the seats of a test and never dies. */
const SEATS = 'the test';

/**
 * The portal in this process and the embedded media server in its own, with one event: a floor, `fr`, `de`
 * and, in another room, `ar`. Either can be ended and started again on the same ports and data.
 */
export type Plane = {
	app(): App;
	readonly url: string;
	readonly booths: { readonly floor: BoothId; readonly fr: BoothId; readonly de: BoothId };
	readonly media: { kill(): Promise<void>; start(): Promise<void> };
	readonly portal: { stop(): Promise<void>; start(): Promise<void> };
	phase(booth: BoothId): Promise<Phase>;
	/** The phase of that kind, as soon as the booth is in it. @throws after `withinMs` */
	untilPhase<K extends Phase['kind']>(
		booth: BoothId,
		kind: K,
		withinMs?: number
	): Promise<Extract<Phase, { kind: K }>>;
	/** Sits down in the booth as an interpreter. */
	sit(booth: BoothId, name: string): Promise<Interpreter>;
	stop(): Promise<void>;
};

export type Interpreter = {
	readonly seat: SeatId;
	readonly person: PersonId;
	readonly actor: Actor;
	act(command: BoothCommand): Promise<void>;
	/** Asks the portal for a ticket, as the page does. */
	askTicket(): Promise<{ status: number; code: string | null; ticket: PublishTicket | null }>;
	/** Asks for a ticket and connects, without a sound yet. */
	connect(voice: Voice): Promise<WhipPublisher>;
	/** Goes live and speaks; resolves when the booth is live. */
	goLive(voice: Voice): Promise<WhipPublisher>;
};

/** @param mediamtx a MediaMTX binary to use with the configuration we ship, instead of the embedded server */
export async function startPlane(mediamtx: string | null = null): Promise<Plane> {
	const folder = mkdtempSync(join(tmpdir(), 'voxbento-plane-'));
	const [port = 0, whip = 0, ice = 0, rtsp = 0, api = 0] = await freePorts(5);
	const url = `http://127.0.0.1:${port}`;
	let mediaProcess: RunningProcess | null = null;
	let portal: { app: App; http: Server } | null = null;

	async function startMedia(): Promise<void> {
		mediaProcess = mediamtx === null ? startEmbedded() : startMediaMtx(mediamtx);
		// Any answer will do; the embedded one says so on its output too, this serves both.
		await eventually('the media server answers', () => fetch(`http://127.0.0.1:${api}/v3/info`), {
			withinMs: 30_000
		});
	}

	function startMediaMtx(binary: string): RunningProcess {
		return startProcess(binary, ['mediamtx.yml'], {
			cwd: ROOT,
			env: {
				MTX_AUTHJWTJWKS: `${url}/.well-known/jwks.json`,
				MTX_WEBRTCADDRESS: `127.0.0.1:${whip}`,
				MTX_WEBRTCLOCALUDPADDRESS: `127.0.0.1:${ice}`,
				MTX_WEBRTCLOCALTCPADDRESS: `127.0.0.1:${ice}`,
				MTX_RTSPADDRESS: `127.0.0.1:${rtsp}`,
				MTX_APIADDRESS: `127.0.0.1:${api}`,
				MTX_METRICS: 'no'
			}
		});
	}

	function startEmbedded(): RunningProcess {
		return startProcess('node', ['--import', 'tsx', 'workers/media/main.ts'], {
			cwd: ROOT,
			env: {
				MEDIA_HTTP_ADDRESS: `127.0.0.1:${whip}`,
				MEDIA_ICE_ADDRESS: `127.0.0.1:${ice}`,
				MEDIA_RTSP_ADDRESS: `127.0.0.1:${rtsp}`,
				MEDIA_API_ADDRESS: `127.0.0.1:${api}`,
				MEDIA_JWKS_URL: `${url}/.well-known/jwks.json`,
				MEDIA_JWT_ISSUER: 'voxbento',
				MEDIA_JWT_AUDIENCE: 'media',
				MEDIA_DATA_DIR: join(folder, 'media'),
				LOG_LEVEL: 'error'
			}
		});
	}

	async function startPortal(): Promise<void> {
		const http = createServer((request, response) => {
			if (request.url !== '/.well-known/jwks.json' || portal === null)
				return void response.writeHead(404).end();
			void Promise.resolve(jwks(routeEvent(portal.app, ANONYMOUS, request.url, {}) as never)).then(
				async (answer) => {
					response.writeHead(answer.status, Object.fromEntries(answer.headers));
					response.end(await answer.text());
				}
			);
		});
		const app = await composeApp(http, {
			DATA_DIR: folder,
			PUBLIC_BASE_URL: url,
			MEDIAMTX_WHIP_BASE: `http://127.0.0.1:${whip}`,
			MEDIAMTX_API_BASE: `http://127.0.0.1:${api}`,
			MEDIAMTX_RTSP_BASE: `rtsp://127.0.0.1:${rtsp}`,
			LOG_LEVEL: process.env['PLANE_LOG'] ?? 'silent'
		});
		portal = { app, http };
		http.listen(port, '127.0.0.1');
		await once(http, 'listening');
	}

	const app = (): App => {
		if (portal === null) throw new Error('the portal is not running');
		return portal.app;
	};

	async function sit(booth: BoothId, name: string): Promise<Interpreter> {
		const found = await app().events.boothById(booth);
		if (!found.ok) throw new Error(found.error.message);
		const { scope, event, booth: place } = found.value;
		const person = personId(`guest:${name}`);
		const seat = seatId(`${name}-${crypto.randomUUID()}`);
		const grants = [{ role: 'interpreter', at: scope }] as const;
		const actor: Actor = { kind: 'guest', person, user: null, name, grants };
		const act = async (command: BoothCommand): Promise<void> => {
			const done = await app().booths.command(booth, command, {
				kind: 'seat',
				seat,
				permissions: ['booth:view', 'booth:interpret', 'booth:coordinate']
			});
			if (!done.ok) throw new Error(`${command.type}: ${done.error.message}`);
		};
		await act({ type: 'join', person, name, role: 'interpreter', portal: SEATS });

		async function askTicket() {
			const response = await whipUrl(
				routeEvent(app(), actor, `/?seat=${seat}`, { slug: event.slug, lang: place.language })
			);
			const body = (await response.json()) as PublishTicket & { error?: { code: string } };
			const ticket = response.ok ? body : null;
			return { status: response.status, code: body.error?.code ?? null, ticket };
		}
		async function connect(voice: Voice): Promise<WhipPublisher> {
			const { ticket, code } = await askTicket();
			if (ticket === null) throw new Error(`no ticket for ${name}: ${code}`);
			return publish(ticket, voice);
		}
		return {
			seat,
			person,
			actor,
			act,
			askTicket,
			connect,
			async goLive(voice) {
				await act({ type: 'go-live' });
				const publisher = await connect(voice);
				publisher.speak();
				await untilPhase(booth, 'live');
				return publisher;
			}
		};
	}

	async function phase(booth: BoothId): Promise<Phase> {
		const state = await app().booths.state(booth);
		if (state === null) throw new Error('the booth is gone');
		return state.phase;
	}

	async function untilPhase<K extends Phase['kind']>(booth: BoothId, kind: K, withinMs = 8_000) {
		const isWanted = (now: Phase): now is Extract<Phase, { kind: K }> => now.kind === kind;
		return eventually(
			`the booth is ${kind}`,
			async () => {
				const now = await phase(booth);
				return isWanted(now) && now;
			},
			{ withinMs, everyMs: 20 }
		);
	}

	async function stopPortal(): Promise<void> {
		await portal?.app.drain();
		portal = null;
	}

	await startPortal();
	const made = await seed(app());
	await startMedia();
	await app().reconciler.refresh();
	return {
		app,
		url,
		booths: made,
		media: {
			start: startMedia,
			async kill() {
				await mediaProcess?.kill();
			}
		},
		portal: { start: startPortal, stop: stopPortal },
		phase,
		untilPhase,
		sit,
		async stop() {
			await stopPortal();
			await mediaProcess?.stop();
			rmSync(folder, { recursive: true, force: true });
		}
	};
}

/** What a route's handler gets from Kit, as far as ours look at it. */
export function routeEvent<P>(
	app: App,
	actor: Actor,
	path: string,
	params: P,
	body?: object
): Parameters<typeof whipUrl>[0] & { params: P } {
	const url = new URL(path, app.env.PUBLIC_BASE_URL);
	const event = {
		locals: { app, actor, locale: 'en' },
		params,
		url,
		request: new Request(
			url,
			body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
		),
		getClientAddress: () => '127.0.0.1'
	};
	return event as unknown as Parameters<typeof whipUrl>[0] & { params: P };
}

async function seed({ db }: App): Promise<Plane['booths']> {
	await db.insert(portals).values({ id: SEATS, seenAt: new Date(Date.now() + DAY_MS) });
	const [event] = await db
		.insert(events)
		.values({ slug: 'conf', displayName: 'Conf', listenerJoinCode: JOIN_CODE })
		.returning();
	const eventId = event?.id ?? 0;
	const [main, side] = await db
		.insert(rooms)
		.values([
			{ eventId, slug: 'main', displayName: 'Main', isMain: true },
			{ eventId, slug: 'side', displayName: 'Side', position: 1 }
		])
		.returning();
	const [floor, fr, de] = await db
		.insert(booths)
		.values([
			{ eventId, roomId: main?.id ?? 0, languageCode: 'floor' },
			{ eventId, roomId: main?.id ?? 0, languageCode: 'fr', position: 1 },
			{ eventId, roomId: main?.id ?? 0, languageCode: 'de', position: 2 },
			{ eventId, roomId: side?.id ?? 0, languageCode: 'ar' }
		])
		.returning();
	if (!floor || !fr || !de) throw new Error('the booths were not stored');
	return { floor: boothId(floor.id), fr: boothId(fr.id), de: boothId(de.id) };
}
