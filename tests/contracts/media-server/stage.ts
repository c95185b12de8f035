import { eventually } from '../../support/eventually.ts';
import type { Voice } from '../../support/voices.ts';
import { deleteSession, type MediaEndpoint } from '../../support/webrtc/endpoint.ts';
import { listen, type WhepReader } from '../../support/webrtc/whep-reader.ts';
import {
	publish,
	type PublisherOptions,
	type WhipPublisher
} from '../../support/webrtc/whip-publisher.ts';
import { controlApi, pathState, webRtcSessions, type ControlApi } from './control-api.ts';
import type { RunningMediaServer } from './running-media-server.ts';

/** A running media server and what a test opened on it; `clear` closes all of that and proves it gone. */
export type Stage = {
	readonly server: RunningMediaServer;
	readonly api: ControlApi;
	/** Makes a path as the portal makes a booth's: Opus, there with or without a publisher. */
	channel(): Promise<string>;
	/** Makes a path that is there only while somebody publishes, as the portal makes a floor's. */
	floor(): Promise<string>;
	/** A path's WHIP or WHEP endpoint with a token that opens it. */
	endpoint(kind: 'whip' | 'whep', path: string): Promise<MediaEndpoint>;
	publish(path: string, voice: Voice, options?: PublisherOptions): Promise<WhipPublisher>;
	listen(path: string): Promise<WhepReader>;
	/** Resolves when the server has ended this session; its peer may or may not have been told. */
	gone(peer: WhipPublisher | WhepReader): Promise<void>;
	/** Something else to be closed at the end of the test. */
	closeLater(thing: { close(): void | Promise<void> }): void;
	clear(): Promise<void>;
};

export const CHANNEL_CONFIG = {
	alwaysAvailable: true,
	alwaysAvailableTracks: [{ codec: 'Opus' }]
} as const;

let paths = 0;

export function stageOn(server: RunningMediaServer): Stage {
	const api = controlApi(server.apiBase);
	let opened: { close(): void | Promise<void> }[] = [];

	async function addPath(config: object): Promise<string> {
		const path = `contract/p${++paths}`;
		const { status, body } = await api.send('POST', `/v3/config/paths/add/${path}`, config);
		if (status !== 200) throw new Error(`adding ${path}: ${status} ${JSON.stringify(body)}`);
		// MediaMTX answers before it has done it.
		await eventually(`${path} exists`, () => pathState(api, path));
		return path;
	}

	async function endpoint(kind: 'whip' | 'whep', path: string): Promise<MediaEndpoint> {
		const action = kind === 'whip' ? 'publish' : 'read';
		const token = await server.tokens.sign([{ action, path }]);
		return { url: `${server.webrtcBase}/${path}/${kind}`, token };
	}

	/** The server finishes DTLS a moment after us; what arrives before is lost, and an end then is not told. */
	async function established(sessionId: string): Promise<void> {
		await eventually('the server has the peer', async () =>
			(await webRtcSessions(api)).some(
				({ id, peerConnectionEstablished }) => id === sessionId && peerConnectionEstablished
			)
		);
	}

	return {
		server,
		api,
		endpoint,
		channel: () => addPath(CHANNEL_CONFIG),
		floor: () => addPath({ source: 'publisher' }),
		async publish(path, voice, options) {
			const publisher = await publish(await endpoint('whip', path), voice, options);
			opened.push(publisher);
			await established(publisher.session.id);
			return publisher;
		},
		async listen(path) {
			const reader = await listen(await endpoint('whep', path));
			opened.push(reader);
			await established(reader.session.id);
			return reader;
		},
		async gone({ session }) {
			await eventually('the session has ended', async () => {
				const { status } = await api.get(`/v3/webrtcsessions/get/${session.id}`);
				return status === 404 && (await deleteSession(session.resource)) === 404;
			});
		},
		closeLater(thing) {
			opened.push(thing);
		},
		async clear() {
			const closing = opened;
			opened = [];
			for (const thing of closing.reverse()) await thing.close();
			await deleteAllPaths(api);
			// A session that never got beyond its offer waits 10 s for its peer.
			for (const { id } of await webRtcSessions(api))
				await api.send('POST', `/v3/webrtcsessions/kick/${id}`);
			await eventually(
				'the server has ended every session',
				async () => (await webRtcSessions(api)).length === 0
			);
		}
	};
}

async function deleteAllPaths(api: ControlApi): Promise<void> {
	const { body } = await api.get('/v3/config/paths/list?itemsPerPage=1000');
	for (const { name } of (body as { items: { name: string }[] }).items)
		await api.send('DELETE', `/v3/config/paths/delete/${name}`);
	await eventually('every path is gone', async () => {
		const { body: list } = await api.get('/v3/paths/list');
		return (list as { itemCount: number }).itemCount === 0;
	});
}
