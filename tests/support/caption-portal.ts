import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Server as SocketServer } from 'socket.io';
import type { BoothId } from '#lib/domain/ids.ts';
import type { SessionPhase, WorkerPartial } from '#lib/protocol/worker.ts';
import { createAuth } from '#lib/server/auth/auth.ts';
import { createCaptions, type Captions } from '#lib/server/captions/captions.ts';
import type { Database } from '#lib/server/db/database.ts';
import { createChannels, type Channels } from '#lib/server/events/channels.ts';
import { createEvents } from '#lib/server/events/events.ts';
import type { ProviderKeys } from '#lib/server/providers/keys.ts';
import { serveListen } from '#lib/server/realtime/listen.ts';
import { serveWorkers } from '#lib/server/realtime/worker.ts';

const SECRET = 'a-secret-of-the-tests';

export type PortalSettings = {
	readonly limit?: number;
	readonly database?: Database;
	readonly key?: ProviderKeys['key'];
	readonly now?: () => number;
};

/** A portal's caption half on a real HTTP server and a real database; what workers did is written down. */
export type CaptionPortal = {
	readonly captions: Captions;
	readonly channels: Channels;
	readonly url: string;
	readonly secret: string;
	/** Messages of its log. */
	readonly said: readonly string[];
	readonly violations: string[];
	readonly partials: WorkerPartial[];
	readonly phases: SessionPhase[];
	readonly released: BoothId[];
	readonly claims: BoothId[];
	readonly refused: string[];
	/** Stores finals, but does not answer. */
	muteFinals(muted: boolean): void;
	stop(): Promise<void>;
	restart(): Promise<void>;
};

export async function openCaptionPortal({
	database,
	limit,
	key,
	now,
	sound
}: Required<PortalSettings> & {
	sound: (booth: BoothId) => boolean | null;
}): Promise<CaptionPortal> {
	const said: string[] = [];
	const violations: string[] = [];
	const partials: WorkerPartial[] = [];
	const phases: SessionPhase[] = [];
	const released: BoothId[] = [];
	const claims: BoothId[] = [];
	const refused: string[] = [];
	let muted = false;
	let port = 0;
	let running: {
		http: HttpServer;
		io: SocketServer;
		captions: Captions;
		channels: Channels;
	} | null = null;

	const hear = new Writable({
		write(line, _encoding, done) {
			const { msg, why }: { msg: string; why?: string } = JSON.parse(String(line));
			said.push(msg);
			if (msg === 'a worker broke the protocol') violations.push(why ?? '');
			if (msg === 'worker refused') refused.push(msg);
			done();
		}
	});
	const log = pino({ level: 'debug' }, hear);

	async function start(): Promise<void> {
		const http = createServer((_request, response) => response.writeHead(404).end());
		const io = new SocketServer(http, { serveClient: false, maxHttpBufferSize: 64_000 });
		const captions = createCaptions({
			db: database.db,
			listen: database.listen,
			portalId: randomUUID(),
			sound,
			keys: { key },
			tickets: {
				readTicket: async () => ({ base: '', token: 't', expiresAt: Date.now() + 30_000 })
			},
			rtspBase: 'rtsp://127.0.0.1:1',
			limit,
			log,
			now
		});
		const events = createEvents(database.db);
		const unchanging = { onChange: () => undefined };
		const channels = createChannels({
			db: database.db,
			events,
			booths: unchanging,
			ingest: { ingest: () => ({ status: 'connected' }), onIngest: () => undefined },
			log
		});
		const auth = createAuth(database.db, { secret: SECRET, adminPassword: null });
		const publicBaseUrl = 'http://portal.example';
		serveListen(io, { auth, events, channels, captions, publicBaseUrl, log });
		const { work } = captions;
		serveWorkers(io, {
			secret: SECRET,
			log,
			work: {
				...work,
				async claim(worker, booth) {
					const answer = await work.claim(worker, booth);
					if (answer.ok) claims.push(booth);
					return answer;
				},
				report(worker, held, phase) {
					phases.push(phase);
					return work.report(worker, held, phase);
				},
				async release(worker, held, reason) {
					await work.release(worker, held, reason);
					released.push(held.booth);
				},
				partial(booth, partial) {
					partials.push(partial);
					work.partial(booth, partial);
				},
				async final(booth, final) {
					const answer = await work.final(booth, final);
					return muted ? new Promise(() => undefined) : answer;
				}
			}
		});
		await captions.start();
		channels.start();
		http.listen(port, '127.0.0.1');
		await once(http, 'listening');
		const address = http.address();
		if (typeof address === 'object' && address !== null) port = address.port;
		running = { http, io, captions, channels };
	}

	async function stop(): Promise<void> {
		const ended = running;
		running = null;
		if (ended === null) return;
		await ended.io.close();
		await Promise.all([ended.captions.stop(), ended.channels.stop()]);
	}

	const parts = () => {
		if (running === null) throw new Error('the portal is stopped');
		return running;
	};
	await start();
	return {
		get captions() {
			return parts().captions;
		},
		get channels() {
			return parts().channels;
		},
		url: `http://127.0.0.1:${port}`,
		secret: SECRET,
		...{ said, violations, partials, phases, released, claims, refused },
		muteFinals: (value) => void (muted = value),
		stop,
		restart: start
	};
}
