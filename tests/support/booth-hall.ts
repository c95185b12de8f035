import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer } from 'socket.io';
import { sql } from 'drizzle-orm';
import { boothId, type BoothId, type SeatId } from '#lib/domain/ids.ts';
import { createAudit } from '#lib/server/audit/audit.ts';
import { COOKIES, createAuth, type Auth } from '#lib/server/auth/auth.ts';
import type { Reconciler } from '#lib/server/booths/reconcile.ts';
import { createPresence } from '#lib/server/booths/presence.ts';
import { createBooths, type Booths } from '#lib/server/booths/service.ts';
import type { Database } from '#lib/server/db/database.ts';
import { booths, events, rooms } from '#lib/server/db/schema.ts';
import { createDesk } from '#lib/server/desk/desk.ts';
import { createEvents } from '#lib/server/events/events.ts';
import { createLog } from '#lib/server/log.ts';
import { serveBooth } from '#lib/server/realtime/booth.ts';
import { serveControl } from '#lib/server/realtime/control.ts';
import { createRights, type Rights } from '#lib/server/realtime/rights.ts';
import { createSeatTokens } from '#lib/server/realtime/seat-token.ts';
import { createUnattended } from '#lib/server/realtime/unattended.ts';

const SECRET = 'a secret of at least thirty-two characters';

/** The moment it is, with jumps: deadlines are reached without waiting for them. */
export class Clock {
	#aheadMs = 0;
	readonly now = (): number => Date.now() + this.#aheadMs;
	jump(ms: number): void {
		this.#aheadMs += ms;
	}
}

let halls = 0;

/** An event of its own with a French and a German booth and a floor, and a foreign one beside it. */
export class Hall {
	readonly clock = new Clock();
	readonly auth: Auth;
	readonly slug = `conf-${halls++}`;
	readonly place = { event: this.slug, language: 'fr' };
	readonly foreignPlace = { event: `${this.slug}-foreign`, language: 'fr' };
	readonly #made = new Map<string, { event: number; booth: BoothId }>();

	private constructor(readonly database: Database) {
		this.auth = createAuth(database.db, { secret: SECRET, adminPassword: null });
	}

	static async open(database: Database): Promise<Hall> {
		const hall = new Hall(database);
		await hall.#makeEvent(hall.place.event);
		await hall.#makeEvent(hall.foreignPlace.event);
		return hall;
	}

	async #makeEvent(slug: string): Promise<void> {
		const { db } = this.database;
		const [event] = await db.insert(events).values({ slug, displayName: slug }).returning();
		if (!event) throw new Error('no event');
		const [room] = await db
			.insert(rooms)
			.values({ eventId: event.id, slug: 'main', displayName: 'Main', isMain: true })
			.returning();
		if (!room) throw new Error('no room');
		for (const languageCode of ['floor', 'fr', 'de']) {
			const place = { eventId: event.id, roomId: room.id, languageCode };
			const [booth] = await db.insert(booths).values(place).returning();
			if (!booth) throw new Error('no booth');
			this.#made.set(`${slug}/${languageCode}`, {
				event: event.id,
				booth: boothId(booth.id)
			});
		}
	}

	/** The booth most tests are about. */
	get booth(): BoothId {
		return this.#find().booth;
	}

	#find() {
		const found = this.#made.get(`${this.slug}/fr`);
		if (!found) throw new Error('no booth');
		return found;
	}

	/** The cookie of somebody who came by an invitation for this event. */
	async invite(
		name: string,
		role: 'interpreter' | 'coordinator' | 'support' | 'listener' = 'interpreter'
	): Promise<string> {
		const { event } = this.#find();
		const expiresAt = new Date(Date.now() + 3_600_000);
		const secret = await this.auth.invites.create({
			...{ event, role, label: name, maxUses: null, expiresAt, createdBy: null }
		});
		const redeemed = await this.auth.invites.redeem(secret, name);
		if (!redeemed.ok) throw new Error(redeemed.error.code);
		return `${COOKIES.guest}=${redeemed.value.cookie}`;
	}
}

export type HallPortal = {
	readonly url: string;
	readonly portalId: string;
	readonly booths: Booths;
	readonly rights: Pick<Rights, 'changed'>;
	/** What the media server would say: the sound of this seat, or nobody's. */
	hear(seat: SeatId | null, booth?: BoothId): Promise<void>;
	/** What a page's `booth:arrived` finds at the media server from now on. */
	sound: SeatId | null;
	/** Ends all sockets without a goodbye and forgets everything; the port is free for the next one. */
	stop(): Promise<void>;
	/** As `stop`, but its sign of life stays behind and grows old, as after `kill -9`. */
	die(): Promise<void>;
	readonly port: number;
};

export type PortalOptions = {
	readonly database?: Database;
	readonly port?: number;
	readonly rightsCheckEveryMs?: number;
};

/** A portal's booth part on a real HTTP server; only the media server is played by the test. */
export async function openPortal(
	hall: Hall,
	{ database = hall.database, port = 0, rightsCheckEveryMs = 60_000 }: PortalOptions = {}
): Promise<HallPortal> {
	const { db } = database;
	const { now } = hall.clock;
	const log = createLog(process.env['TEST_LOG_LEVEL'] ?? 'silent');
	const portalId = crypto.randomUUID();
	const http = createServer((_request, response) => response.writeHead(404).end());
	const io = new SocketServer(http, {
		...{ serveClient: false, maxHttpBufferSize: 64_000, perMessageDeflate: false },
		...{ pingInterval: 5_000, pingTimeout: 5_000 }
	});
	const service = createBooths({ db, listen: database.listen, portalId, log, now });
	const hear = async (seat: SeatId | null, booth = hall.booth): Promise<void> => {
		const observed = { type: 'media-observed', publisher: seat, at: now() } as const;
		await service.report(booth, observed);
	};
	const portal: { sound: SeatId | null } = { sound: null };
	const found = await createEvents(db).allBooths();
	const captions = {
		status: () => ({ kind: 'off' }) as const,
		onStatus: () => () => undefined
	};
	const watched = {
		found: ({ room, event }: Parameters<Reconciler['found']>[0] = {}) =>
			found.filter(
				(one) => (room ?? one.room.id) === one.room.id && (event ?? one.event.id) === one.event.id
			),
		figures: () => null,
		ingest: () => ({ status: 'disconnected', listeners: null }) as const,
		mediaOk: () => true
	};
	const known = createEvents(db);
	const desk = createDesk({
		...{ audit: createAudit(db, log), booths: service, captions, db, events: known },
		...{ ingest: watched, listen: database.listen, log, portalId }
	});
	await desk.deskLog.start();
	const control = serveControl(io, {
		...{ ...desk, auth: hall.auth, events: known, log },
		publicBaseUrl: 'http://portal.example'
	});
	const sockets = serveBooth(io, {
		...desk,
		captions,
		auth: createAuth(db, { secret: SECRET, adminPassword: null }),
		events: createEvents(db),
		booths: service,
		ingest: {
			look: (booth) => hear(portal.sound, booth),
			...watched,
			onIngest: () => () => undefined,
			onMedia: () => () => undefined
		},
		seatTokens: createSeatTokens(SECRET),
		portalId,
		publicBaseUrl: 'http://portal.example',
		log,
		now,
		rightsCheckEveryMs
	});
	const unattended = createUnattended({
		auth: hall.auth,
		events: createEvents(db),
		booths: service,
		log,
		media: {
			listPaths: () => Promise.resolve([]),
			session: () => Promise.resolve(null),
			kick: () => Promise.resolve(true)
		},
		reconciler: {
			ingest: () => ({ status: 'disconnected', listeners: null }),
			onIngest: () => () => undefined
		}
	});
	const { listen } = database;
	const rights = createRights({
		...{ db, listen, portalId, log, here: [sockets, control], once: [unattended] }
	});
	await rights.start();
	const { isSeatedHere } = sockets;
	const presence = createPresence({ db, booths: service, portalId, isSeatedHere, log, now });
	await presence.start();
	await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
	const { port: bound } = http.address() as AddressInfo;

	const stop = async (): Promise<void> => {
		await rights.stop();
		await unattended.stop();
		await sockets.stop();
		control.stop();
		await io.close();
		await presence.stop();
		await desk.deskLog.stop();
	};
	return Object.assign(portal, {
		url: `http://127.0.0.1:${bound}`,
		port: bound,
		portalId,
		booths: service,
		rights,
		hear,
		stop,
		async die() {
			await stop();
			await db.execute(
				sql`insert into portals (id, seen_at) values (${portalId}, now() - interval '10 seconds')`
			);
		}
	});
}
