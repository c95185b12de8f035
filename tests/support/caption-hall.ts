import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { Writable } from 'node:stream';
import { asc, eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { Server as SocketServer } from 'socket.io';
import { boothId, type BoothId } from '#lib/domain/ids.ts';
import { refuse } from '#lib/domain/result.ts';
import type { SessionPhase, WorkerPartial } from '#lib/protocol/worker.ts';
import { createCaptions, type Captions } from '#lib/server/captions/captions.ts';
import { createAuth } from '#lib/server/auth/auth.ts';
import type { Database } from '#lib/server/db/database.ts';
import { booths, captionSessions, events, rooms, segments } from '#lib/server/db/schema.ts';
import { createChannels, type Channels } from '#lib/server/events/channels.ts';
import { createEvents } from '#lib/server/events/events.ts';
import type { ProviderKeys } from '#lib/server/providers/keys.ts';
import { serveListen } from '#lib/server/realtime/listen.ts';
import { serveWorkers } from '#lib/server/realtime/worker.ts';

const SECRET = 'a-secret-of-the-tests';

/** An event whose channels a test makes by names of its own, and the caption part of its portals. */
export type CaptionHall = {
	readonly database: Database;
	readonly event: number;
	readonly slug: string;
	/** Makes the channel, or changes its settings. */
	channel(
		name: string,
		settings: { on?: boolean; provider?: string; model?: string; server?: string }
	): Promise<BoothId>;
	nameOf(booth: number): string;
	/** Whether sound arrives in the channel, as the media server would say; it does unless told otherwise. */
	sound(name: string, isThere: boolean | null): void;
	/** Another worker takes the channel over, as after a lease that ran out. */
	takeOver(name: string): Promise<void>;
	/** All that is stored, in order; ids as the worker gave them. */
	stored(name?: string): Promise<StoredCaption[]>;
	/** Speech services outside may be used. */
	allowExternal(): Promise<void>;
	/** Removes the event with everything in it. */
	clear(): Promise<void>;
	portal(settings?: PortalSettings): Promise<CaptionPortal>;
};

export type PortalSettings = {
	readonly limit?: number;
	readonly database?: Database;
	readonly key?: ProviderKeys['key'];
	readonly now?: () => number;
};

export type StoredCaption = {
	readonly id: string;
	readonly seq: number;
	readonly text: string;
	readonly startedAt: number;
	readonly endedAt: number;
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

export async function openCaptionHall(database: Database): Promise<CaptionHall> {
	const { db } = database;
	const names = new Map<number, string>();
	const silent = new Map<BoothId, boolean | null>();
	const [event] = await db
		.insert(events)
		.values({
			slug: `hall-${randomUUID().slice(0, 8)}`,
			displayName: 'Hall',
			listenerAccess: 'open',
			hidesStrongWords: true,
			hiddenWords: ['damn']
		})
		.returning();
	const eventId = event?.id ?? 0;
	const [room] = await db
		.insert(rooms)
		.values({ eventId, slug: 'main', displayName: 'Main', isMain: true })
		.returning();
	const roomId = room?.id ?? 0;
	const boothOf = (name: string): BoothId => {
		const found = [...names].find(([, one]) => one === name)?.[0];
		if (found === undefined) throw new Error(`there is no channel ${name}`);
		return boothId(found);
	};

	return {
		database,
		event: eventId,
		slug: event?.slug ?? '',

		async channel(name, { on, provider, model, server }) {
			const set = {
				...(on === undefined ? {} : { transcriptionEnabled: on }),
				...(provider === undefined ? {} : { transcriptionProvider: provider }),
				...(model === undefined ? {} : { transcriptionModel: model }),
				...(server === undefined ? {} : { transcriptionServer: server })
			};
			const known = [...names].find(([, one]) => one === name)?.[0];
			if (known !== undefined) {
				if (Object.keys(set).length > 0)
					await db.update(booths).set(set).where(eq(booths.id, known));
				return boothId(known);
			}
			const [made] = await db
				.insert(booths)
				.values({
					eventId,
					roomId,
					languageCode: `en-x-a${names.size}`,
					transcriptionLanguageHint: 'en',
					...set
				})
				.returning();
			names.set(made?.id ?? 0, name);
			return boothId(made?.id ?? 0);
		},

		nameOf: (booth) => names.get(booth) ?? `unknown ${booth}`,
		sound: (name, isThere) => void silent.set(boothOf(name), isThere),

		async takeOver(name) {
			await db
				.update(captionSessions)
				.set({
					epoch: sql`${captionSessions.epoch} + 1`,
					worker: 'another',
					since: new Date(),
					expiresAt: new Date(Date.now() + 15_000)
				})
				.where(eq(captionSessions.boothId, boothOf(name)));
		},

		async stored(name) {
			const rows = await db
				.select()
				.from(segments)
				.where(
					name === undefined ? eq(segments.eventId, eventId) : eq(segments.boothId, boothOf(name))
				)
				.orderBy(asc(segments.boothId), asc(segments.seq));
			return rows.map(({ key, seq, text, startedAt, endedAt }) => ({
				id: key.slice(key.indexOf('/') + 1),
				seq,
				text,
				startedAt: startedAt.getTime(),
				endedAt: endedAt.getTime()
			}));
		},

		async allowExternal() {
			await db.update(events).set({ transcriptionApiEnabled: true }).where(eq(events.id, eventId));
		},

		async clear() {
			await db.delete(events).where(eq(events.id, eventId));
		},

		portal: (settings = {}) =>
			openCaptionPortal({
				database,
				limit: 10,
				key: async () => refuse('key_missing', 'None is set.'),
				now: Date.now,
				...settings,
				sound: (booth) => silent.get(booth) ?? (silent.has(booth) ? null : true)
			})
	};
}

async function openCaptionPortal({
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
