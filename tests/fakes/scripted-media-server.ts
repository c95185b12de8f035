import type { MediaPath } from '#lib/domain/media-path.ts';
import {
	MediaServerDown,
	type MediaServer,
	type PathSettings,
	type Publisher
} from '#lib/server/media/media-server.ts';

/** A media server of which a test decides, call by call, whether and what it answers. */
export type ScriptedMediaServer = MediaServer & {
	mode: 'up' | 'refused' | 'hanging';
	readonly paths: Map<string, PathSettings>;
	readonly kicked: string[];
	/** Calls begun, by name; for what must not be asked too often. */
	readonly calls: Map<string, number>;
	readonly underWay: () => number;
	/** A session that has not sent a packet yet. */
	connect(session: string, path: MediaPath, user: string): void;
	/** Its first packet: it takes the path from whoever was there. */
	speak(session: string): void;
	/** More packets of everybody who speaks; those named stay silent. */
	packets(count: number, silent?: readonly string[]): void;
	leave(session: string): void;
	/** The process starts anew and knows nothing. */
	restart(): void;
};

const TIMEOUT_MS = 2_000;

export function scriptedMediaServer(): ScriptedMediaServer {
	const paths = new Map<string, PathSettings>();
	const sessions = new Map<string, Publisher>();
	const onAir = new Map<string, string>();
	const kicked: string[] = [];
	const calls = new Map<string, number>();
	let underWay = 0;
	let starts = 1;

	async function answer<T>(name: string, value: () => T): Promise<T> {
		calls.set(name, (calls.get(name) ?? 0) + 1);
		underWay += 1;
		try {
			if (server.mode === 'refused') throw new MediaServerDown(name, 'refused');
			if (server.mode === 'hanging') {
				await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS));
				throw new MediaServerDown(name, 'no-answer');
			}
			await Promise.resolve();
			return value();
		} finally {
			underWay -= 1;
		}
	}

	function leave(session: string): void {
		const path = sessions.get(session)?.path;
		sessions.delete(session);
		if (path !== undefined && onAir.get(path) === session) onAir.delete(path);
	}

	const publisherOf = (path: string) => sessions.get(onAir.get(path) ?? '') ?? null;
	const info = () => ({ version: 'scripted', startedAt: `start ${starts}`, audioOnly: true });

	const server: ScriptedMediaServer = {
		mode: 'up',
		paths,
		kicked,
		calls,
		leave,
		underWay: () => underWay,

		connect(session, path, user) {
			const counters = { inboundBytes: 0, packets: 0, packetsLost: 0, jitterMs: null };
			sessions.set(session, { sessionId: session, path, user, ...counters });
		},
		speak(session) {
			const publisher = sessions.get(session);
			if (publisher === undefined) throw new Error(`${session} is not there`);
			const former = onAir.get(publisher.path);
			if (former !== undefined && former !== session) leave(former);
			onAir.set(publisher.path, session);
			this.packets(1);
		},
		packets(count, silent = []) {
			for (const id of onAir.values()) {
				const publisher = sessions.get(id);
				if (publisher === undefined || silent.includes(id)) continue;
				sessions.set(id, { ...publisher, packets: publisher.packets + count });
			}
		},
		restart() {
			starts += 1;
			paths.clear();
			sessions.clear();
			onAir.clear();
		},

		health: () => Promise.resolve(server.mode === 'up'),
		startedAt: () => Promise.resolve(server.mode === 'up' ? info().startedAt : null),
		info: () => answer('info', info),
		ensurePath: (path, wanted) =>
			answer('ensurePath', () => {
				const known = paths.has(path);
				paths.set(path, wanted);
				return known ? 'kept' : 'created';
			}),
		inspectPath: (path, wanted) =>
			answer('inspectPath', () => {
				const settings = paths.get(path);
				if (settings === undefined) return null;
				const complete = settings.alwaysAvailable === wanted.alwaysAvailable;
				return { complete, online: onAir.has(path) };
			}),
		removePath: (path) => answer('removePath', () => void paths.delete(path)),
		listPaths: () =>
			answer('listPaths', () =>
				[...paths.keys()].map((path) => ({
					path,
					online: onAir.has(path),
					sourceId: onAir.get(path) ?? null,
					readers: 3,
					inboundBytes: publisherOf(path)?.inboundBytes ?? 0,
					levelDb: null
				}))
			),
		publisher: (path) => answer('publisher', () => publisherOf(path)),
		session: (id) => answer('session', () => sessions.get(id) ?? null),
		publishSessions: (path) =>
			answer('publishSessions', () =>
				[...sessions.values()].filter((each) => path === undefined || each.path === path)
			),
		kick: (id) =>
			answer('kick', () => {
				kicked.push(id);
				leave(id);
				return true;
			}),
		refreshKeys: () => answer('refreshKeys', () => undefined)
	};
	return server;
}
