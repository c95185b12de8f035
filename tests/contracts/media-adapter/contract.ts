import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseMediaPath, type MediaPath } from '#lib/domain/media-path.ts';
import { mediaPath } from '#lib/domain/media-path.ts';
import { MediaServerDown, type MediaServer } from '#lib/server/media/media-server.ts';
import { createMediaMtx } from '#lib/server/media/mediamtx.ts';
import { eventually } from '../../support/eventually.ts';
import { toneVoice, type Voice } from '../../support/voices.ts';
import { openSession, patchCandidates } from '../../support/webrtc/endpoint.ts';
import { offeringPeer } from '../../support/webrtc/peer.ts';
import { listen } from '../../support/webrtc/whep-reader.ts';
import { publish } from '../../support/webrtc/whip-publisher.ts';
import type { RunningMediaServer, StartMediaServer } from '../media-server/running-media-server.ts';

const AVAILABLE = { alwaysAvailable: true };
const ON_DEMAND = { alwaysAvailable: false };

/** What the portal's one adapter does on a real media server, the same for both kinds. */
export function mediaAdapterContract(name: string, start: StartMediaServer): void {
	describe(`the portal's adapter on ${name}`, () => {
		let server: RunningMediaServer;
		let media: MediaServer;
		let voice: Voice;
		let paths = 0;
		const opened: { close(): void }[] = [];

		beforeAll(async () => {
			[server, voice] = await Promise.all([start(), toneVoice(440)]);
			media = createMediaMtx({
				base: server.apiBase,
				apiToken: () => Promise.reject(new Error('not asked for on loopback'))
			});
		});
		afterEach(() => {
			for (const each of opened.splice(0)) each.close();
		});
		afterAll(() => server.stop());

		async function endpoint(kind: 'whip' | 'whep', path: MediaPath) {
			const action = kind === 'whip' ? 'publish' : 'read';
			const token = await server.tokens.sign([{ action, path }]);
			return { url: `${server.webrtcBase}/${path}/${kind}`, token };
		}

		async function onAir(path: MediaPath) {
			const publisher = await publish(await endpoint('whip', path), voice);
			opened.push(publisher);
			publisher.speak();
			const seen = await eventually(
				'the publisher is seen',
				async () => (await media.publisher(path)) ?? false
			);
			return { publisher, seen };
		}

		const statusOf = async (path: MediaPath) =>
			(await media.listPaths()).find((status) => status.path === path);

		it('makes a path that is there when it says so, and leaves it alone afterwards', async () => {
			const path = fresh();
			expect(await media.ensurePath(path, AVAILABLE)).toBe('created');
			expect(await statusOf(path)).toMatchObject({ online: false, sourceId: null, readers: 0 });
			expect(await media.ensurePath(path, AVAILABLE)).toBe('kept');
			expect(await media.publisher(path)).toBeNull();
		});

		it('makes one that is there only with a publisher', async () => {
			const path = fresh();
			expect(await media.ensurePath(path, ON_DEMAND)).toBe('created');
			expect(await media.ensurePath(path, ON_DEMAND)).toBe('kept');
			await onAir(path);
		});

		it('shows who publishes, their packets, and how many listen', async () => {
			const path = fresh();
			await media.ensurePath(path, AVAILABLE);
			const reader = await listen(await endpoint('whep', path));
			opened.push(reader);
			const { publisher, seen } = await onAir(path);
			expect(seen).toMatchObject({ sessionId: publisher.session.id, path, user: 'contract' });
			const status = await eventually('one listener is counted', async () => {
				const found = await statusOf(path);
				return found?.readers === 1 && found;
			});
			expect(status).toMatchObject({ online: true, sourceId: publisher.session.id });

			const grown = await eventually('packets are counted', async () => {
				const now = await media.session(seen.sessionId);
				return now !== null && now.packets > seen.packets + 10 && now;
			});
			expect(grown.inboundBytes).toBeGreaterThan(seen.inboundBytes);
		});

		it('counts lost packets', async () => {
			const path = fresh();
			await media.ensurePath(path, AVAILABLE);
			const { publisher, seen } = await onAir(path);
			publisher.lose(20);
			const lost = await eventually('the loss is counted', async () => {
				const now = await media.session(seen.sessionId);
				return now !== null && now.packetsLost > 0 && now.packetsLost;
			});
			expect(lost).toBe(20);
		});

		it('counts no packets while none come', async () => {
			const path = fresh();
			await media.ensurePath(path, AVAILABLE);
			const { publisher, seen } = await onAir(path);
			publisher.pause();
			let before = -1;
			await eventually(
				'the count stands still',
				async () => {
					const now = (await media.session(seen.sessionId))?.packets ?? 0;
					const stands = now === before;
					before = now;
					return stands;
				},
				{ everyMs: 300 }
			);
		});

		it('ends a publisher', async () => {
			const path = fresh();
			await media.ensurePath(path, AVAILABLE);
			const { publisher, seen } = await onAir(path);
			expect(await media.kick(seen.sessionId)).toBe(true);
			expect(await publisher.ended).not.toBe('connected');
			await eventually('nobody publishes', async () => (await media.publisher(path)) === null);
			expect(await statusOf(path)).toMatchObject({ online: false, sourceId: null });
			expect(await media.session(seen.sessionId)).toBeNull();
			expect(await media.kick(seen.sessionId)).toBe(true);
		});

		it('lists and ends a session before its first packet', async () => {
			const path = fresh();
			await media.ensurePath(path, AVAILABLE);
			const peer = offeringPeer('waiting', [{ kind: 'audio', direction: 'SendOnly', ssrc: 9 }]);
			opened.push(peer);
			const session = await openSession(await endpoint('whip', path), await peer.fullOffer);
			const listed = await eventually('it is listed', async () => {
				const [one] = await media.publishSessions(path);
				return one ?? false;
			});
			expect(listed).toMatchObject({ sessionId: session.id, path, user: 'contract', packets: 0 });
			expect(await media.publisher(path)).toBeNull();
			expect((await media.publishSessions()).map((each) => each.sessionId)).toContain(session.id);
			expect(await media.publishSessions(fresh())).toEqual([]);

			expect(await media.kick(session.id)).toBe(true);
			await eventually('it is gone', async () => (await media.publishSessions(path)).length === 0);
			expect((await patchCandidates(session.resource, 'a=end-of-candidates\r\n')).status).toBe(404);
		});

		it('mends a wrong setting, but not under a voice', async () => {
			const path = fresh();
			await media.ensurePath(path, ON_DEMAND);
			const { publisher, seen } = await onAir(path);
			expect(await media.ensurePath(path, AVAILABLE)).toBe('postponed');
			expect((await media.publisher(path))?.sessionId).toBe(seen.sessionId);
			await publisher.leave();
			await eventually('nobody publishes', async () => (await media.publisher(path)) === null);
			expect(await media.ensurePath(path, AVAILABLE)).toBe('changed');
			expect(await media.ensurePath(path, AVAILABLE)).toBe('kept');
			expect(await media.ensurePath(path, ON_DEMAND)).toBe('changed');
		});

		it('removes a path, once or twice', async () => {
			const path = fresh();
			await media.ensurePath(path, AVAILABLE);
			await media.removePath(path);
			await eventually('it is gone', async () => (await statusOf(path)) === undefined);
			await media.removePath(path);
		});

		it('makes many at once', async () => {
			const many = Array.from({ length: 30 }, fresh);
			await Promise.all(many.map((path) => media.ensurePath(path, AVAILABLE)));
			const listed = new Set((await media.listPaths()).map((status) => status.path));
			expect(many.filter((path) => !listed.has(path))).toEqual([]);
		});

		it('takes pt-BR as it is written', async () => {
			const channel = parseMediaPath('adapter/hall-2/pt-BR');
			if (!channel.ok) throw new Error(channel.error.message);
			const path = mediaPath(channel.value);
			await media.ensurePath(path, AVAILABLE);
			expect(await statusOf(path)).toBeDefined();
		});

		it('knows when it was started, and lets it read the keys anew', async () => {
			expect(await media.health()).toBe(true);
			const startedAt = await media.startedAt();
			expect(startedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
			expect(await media.startedAt()).toBe(startedAt);
			await media.refreshKeys();
			expect((await media.info()).audioOnly).toBe(server.kind === 'embedded');
			const path = fresh();
			await media.ensurePath(path, AVAILABLE);
			await onAir(path);
		});

		it('says so when nothing listens there any more', async () => {
			const other = await start();
			const gone = createMediaMtx({ base: other.apiBase, apiToken: () => Promise.resolve('') });
			const before = await gone.startedAt();
			expect(before).not.toBe(await media.startedAt());
			await other.stop();
			expect(await gone.health()).toBe(false);
			const error: unknown = await gone.listPaths().catch((reason: unknown) => reason);
			if (!(error instanceof MediaServerDown)) throw new Error(`not down: ${String(error)}`);
			expect(error.reason).toBe('refused');
		});

		it('shows its token where the control API is not on loopback', async () => {
			const guarded = await start({ apiNeedsToken: true });
			// Not a loopback address by its name, though it reaches this machine.
			const base = guarded.apiBase.replace('127.0.0.1', '0.0.0.0');
			try {
				const apiToken = () => guarded.tokens.sign([{ action: 'api' }]);
				expect(await createMediaMtx({ base, apiToken }).listPaths()).toEqual([]);
				const wrong = () => guarded.tokens.sign([{ action: 'read', path: '' }]);
				const refused = await createMediaMtx({ base, apiToken: wrong, timeoutMs: 8_000 })
					.listPaths()
					.catch((reason: unknown) => reason);
				expect(refused).toMatchObject({ name: 'MediaServerDown', reason: 'unauthorised' });
			} finally {
				await guarded.stop();
			}
		});

		function fresh(): MediaPath {
			const channel = parseMediaPath(`adapter-${++paths}/fr`);
			if (!channel.ok) throw new Error(channel.error.message);
			return mediaPath(channel.value);
		}
	});
}
