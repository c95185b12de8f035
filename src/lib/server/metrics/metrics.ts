import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { sql } from 'drizzle-orm';
import type { Db } from '../db/database.ts';
import { booths } from '../db/schema.ts';
import type { Log } from '../log.ts';
import type { MediaServer } from '../media/media-server.ts';

/** What Prometheus reads at `/metrics`. Names and labels are a contract: dashboards and alerts stand on them. */
export type Metrics = {
	readonly contentType: string;
	/** Asks database and media server anew; what does not answer is left out, and its `…_up` is 0. */
	text(): Promise<string>;
	/** One answered request. @param route of Kit, `/listener/[event]`; never the address itself, which has no end */
	request(request: { method: string; route: string; status: number; seconds: number }): void;
};

export function createMetrics({
	db,
	media,
	sockets: openSockets,
	log
}: {
	db: Db;
	media: Pick<MediaServer, 'listPaths' | 'publishSessions'>;
	/** Open sockets of this portal, by namespace. */
	sockets: () => ReadonlyMap<string, number>;
	log: Log;
}): Metrics {
	const register = new Registry();
	const registers = [register];
	collectDefaultMetrics({ register });

	const requests = new Counter({
		name: 'voxbento_http_requests_total',
		help: 'Requests that were answered, by route and status.',
		labelNames: ['method', 'route', 'status'],
		registers
	});
	const duration = new Histogram({
		name: 'voxbento_http_request_seconds',
		help: 'Time from a request to its answer.',
		labelNames: ['route'],
		buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
		registers
	});
	const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
		new Gauge({ name: `voxbento_${name}`, help, labelNames, registers });

	const databaseUp = gauge('database_up', '1 while the database answers.');
	const mediaUp = gauge('media_server_up', '1 while the media server answers the portal.');
	const phases = gauge('booths', 'Booths by what they are doing.', ['phase']);
	const sockets = gauge('sockets', 'Open sockets of this portal, by namespace.', ['namespace']);
	const online = gauge('channel_online', '1 while sound arrives at the media server.', ['path']);
	const listeners = gauge('channel_listeners', 'Listeners by WebRTC.', ['path']);
	const inbound = gauge('channel_inbound_bytes', 'Sound received since it began.', ['path']);
	const packets = gauge('uplink_packets', 'Packets of the present publisher.', ['path']);
	const lost = gauge('uplink_packets_lost', 'Packets of it that did not arrive.', ['path']);

	async function lookAtDatabase(): Promise<void> {
		const phase = sql<string>`${booths.state} -> 'phase' ->> 'kind'`;
		const rows = await db
			.select({ phase, count: sql<number>`count(*)::int` })
			.from(booths)
			.groupBy(phase);
		phases.reset();
		for (const row of rows) phases.set({ phase: row.phase }, row.count);
	}

	async function lookAtMedia(): Promise<void> {
		const [paths, publishers] = await Promise.all([media.listPaths(), media.publishSessions()]);
		for (const each of [online, listeners, inbound, packets, lost]) each.reset();
		for (const { path, ...status } of paths) {
			online.set({ path }, status.online ? 1 : 0);
			listeners.set({ path }, status.readers);
			inbound.set({ path }, status.inboundBytes);
		}
		for (const { path, ...publisher } of publishers) {
			packets.set({ path }, publisher.packets);
			lost.set({ path }, publisher.packetsLost);
		}
	}

	async function seen(up: Gauge, look: () => Promise<void>): Promise<void> {
		try {
			await look();
			up.set(1);
		} catch (error) {
			log.debug({ err: error }, 'not in the metrics this time');
			up.set(0);
		}
	}

	return {
		contentType: register.contentType,

		async text() {
			await Promise.all([seen(databaseUp, lookAtDatabase), seen(mediaUp, lookAtMedia)]);
			for (const [namespace, open] of openSockets()) sockets.set({ namespace }, open);
			return register.metrics();
		},

		request({ method, route, status, seconds }) {
			requests.inc({ method, route, status: String(status) });
			duration.observe({ route }, seconds);
		}
	};
}
