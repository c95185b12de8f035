import { z } from 'zod';
import type { MediaPath } from '#lib/domain/media-path.ts';
import { createControlApi } from './control-api.ts';
import {
	MediaServerDown,
	PathRefused,
	type MediaServer,
	type PathSettings,
	type PathStatus,
	type Publisher
} from './media-server.ts';

/** What stands in the `version` of the embedded server. */
const EMBEDDED = 'voxbento';
const PAGE_SIZE = 1_000;
/** A settled configuration is answered for before it is applied (MediaMTX reloads after its 200). */
const APPLIED_WITHIN_MS = 3_000;
const APPLIED_POLL_MS = 15;

const infoShape = z.object({ version: z.string(), started: z.string() });
const configShape = z.object({
	alwaysAvailable: z.boolean().default(false),
	alwaysAvailableTracks: z.array(z.object({ codec: z.string() })).default([])
});
const sourceShape = z.object({ type: z.string(), id: z.string() });
const pathShape = z.object({
	name: z.string(),
	available: z.boolean(),
	online: z.boolean(),
	source: sourceShape.nullable(),
	readers: z.array(z.object({ type: z.string() })).nullish(),
	inboundBytes: z.number(),
	/** Of the embedded server alone, −dBov. */
	audioLevel: z.number().nullish()
});
const sessionShape = z.object({
	id: z.string(),
	state: z.string(),
	path: z.string(),
	user: z.string().nullish(),
	inboundBytes: z.number(),
	inboundRTPPackets: z.number(),
	inboundRTPPacketsLost: z.number(),
	/** In samples at 48 kHz. */
	inboundRTPPacketsJitter: z.number().nullish()
});
const pageOf = <T extends z.ZodType>(item: T) =>
	z.object({ pageCount: z.number(), items: z.array(item) });

const SAMPLES_PER_MS = 48;
const WEBRTC_SESSION = 'webRTCSession';

/**
 * MediaMTX 1.20 and the embedded server, which speaks the same control API.
 *
 * @param base `MEDIAMTX_API_BASE`
 * @param apiToken used only where the API is not on loopback
 */
export function createMediaMtx({
	base,
	apiToken,
	timeoutMs
}: {
	base: string;
	apiToken: () => Promise<string>;
	timeoutMs?: number;
}): MediaServer {
	const api = createControlApi(base, isLoopback(base) ? null : apiToken, timeoutMs);

	async function all<T>(resource: string, item: z.ZodType<T>): Promise<T[]> {
		const items: T[] = [];
		const glue = resource.includes('?') ? '&' : '?';
		for (let page = 0, pages = 1; page < pages; page++) {
			const query = `${glue}itemsPerPage=${PAGE_SIZE}&page=${page}`;
			const answer = await api.get(`${resource}${query}`, pageOf(item));
			if (answer === null) throw new MediaServerDown(`${resource} is not there`);
			items.push(...answer.items);
			pages = answer.pageCount;
		}
		return items;
	}

	const info = async () => {
		const answer = await api.get('/v3/info', infoShape);
		if (answer === null) throw new MediaServerDown('/v3/info is not there');
		return {
			version: answer.version,
			startedAt: answer.started,
			audioOnly: answer.version.includes(EMBEDDED)
		};
	};

	const path = (name: MediaPath) => api.get(`/v3/paths/get/${name}`, pathShape);

	const session = async (id: string): Promise<Publisher | null> => {
		const found = await api.get(`/v3/webrtcsessions/get/${encodeURIComponent(id)}`, sessionShape);
		return found?.state === 'publish' ? publisherOf(found) : null;
	};

	async function applied(name: MediaPath, wanted: PathSettings): Promise<void> {
		const until = performance.now() + APPLIED_WITHIN_MS;
		do {
			const found = await path(name);
			if (found !== null && (found.available || !wanted.alwaysAvailable)) return;
			await new Promise((resolve) => setTimeout(resolve, APPLIED_POLL_MS));
		} while (performance.now() < until);
		throw new MediaServerDown(`${name} was not applied within ${APPLIED_WITHIN_MS} ms`);
	}

	return {
		info,
		session,

		health: () =>
			info().then(
				() => true,
				() => false
			),

		startedAt: () =>
			info().then(
				(answer) => answer.startedAt,
				() => null
			),

		async ensurePath(name, wanted) {
			const config = await api.get(`/v3/config/paths/get/${name}`, configShape);
			if (config !== null && isAsWanted(config, wanted)) {
				await applied(name, wanted);
				return 'kept';
			}
			if (config !== null && (await path(name))?.online === true) return 'postponed';
			const [method, verb] =
				config === null ? (['POST', 'add'] as const) : (['PATCH', 'patch'] as const);
			const refusal = await api.send(
				method,
				`/v3/config/paths/${verb}/${name}`,
				settingsOf(wanted)
			);
			if (refusal !== null) {
				// Another portal may have been faster; only what stands there now counts.
				const now = await api.get(`/v3/config/paths/get/${name}`, configShape);
				if (now === null || !isAsWanted(now, wanted))
					throw new PathRefused(`${name}: ${refusal.status} ${refusal.message}`);
			}
			await applied(name, wanted);
			return config === null ? 'created' : 'changed';
		},

		async inspectPath(name, wanted) {
			const config = await api.get(`/v3/config/paths/get/${name}`, configShape);
			if (config === null) return null;
			const found = await path(name);
			return {
				complete:
					isAsWanted(config, wanted) && (found?.available === true || !wanted.alwaysAvailable),
				online: found?.online === true
			};
		},

		async removePath(name) {
			const refusal = await api.send('DELETE', `/v3/config/paths/delete/${name}`);
			if (refusal !== null && refusal.status !== 404)
				throw new PathRefused(`${name}: ${refusal.status} ${refusal.message}`);
		},

		async listPaths() {
			return (await all('/v3/paths/list', pathShape)).map(statusOf);
		},

		async publisher(name) {
			const found = await path(name);
			const id = found === null ? null : statusOf(found).sourceId;
			return id === null ? null : session(id);
		},

		async publishSessions(name) {
			// The embedded server understands `state`; MediaMTX answers with the readers too.
			const found = await all('/v3/webrtcsessions/list?state=publish', sessionShape);
			return found
				.filter((each) => each.state === 'publish' && (name === undefined || each.path === name))
				.map(publisherOf);
		},

		async kick(id) {
			const refusal = await api.send('POST', `/v3/webrtcsessions/kick/${encodeURIComponent(id)}`);
			return refusal === null || refusal.status === 404;
		},

		async refreshKeys() {
			const refusal = await api.send('POST', '/v3/auth/jwks/refresh');
			// Not every set-up checks tokens itself; one without a key set has nothing to forget.
			if (refusal !== null && refusal.status !== 404)
				throw new MediaServerDown(`jwks/refresh: ${refusal.status} ${refusal.message}`);
		}
	};
}

function settingsOf({ alwaysAvailable }: PathSettings): object {
	return { alwaysAvailable, alwaysAvailableTracks: alwaysAvailable ? [{ codec: 'Opus' }] : [] };
}

function isAsWanted(config: z.infer<typeof configShape>, wanted: PathSettings): boolean {
	const codecs = config.alwaysAvailableTracks.map((track) => track.codec);
	if (!wanted.alwaysAvailable) return !config.alwaysAvailable;
	return config.alwaysAvailable && codecs.length === 1 && codecs[0] === 'Opus';
}

function statusOf(found: z.infer<typeof pathShape>): PathStatus {
	const { name, online, source, inboundBytes, readers, audioLevel = null } = found;
	const isSession = online && source?.type === WEBRTC_SESSION;
	return {
		path: name,
		online,
		sourceId: isSession ? source.id : null,
		readers: (readers ?? []).filter((reader) => reader.type === WEBRTC_SESSION).length,
		inboundBytes,
		levelDb: online && audioLevel !== null ? -audioLevel : null
	};
}

function publisherOf(found: z.infer<typeof sessionShape>): Publisher {
	return {
		sessionId: found.id,
		path: found.path,
		user: found.user ?? '',
		inboundBytes: found.inboundBytes,
		packets: found.inboundRTPPackets,
		packetsLost: found.inboundRTPPacketsLost,
		jitterMs:
			typeof found.inboundRTPPacketsJitter === 'number'
				? found.inboundRTPPacketsJitter / SAMPLES_PER_MS
				: null
	};
}

function isLoopback(base: string): boolean {
	const host = new URL(base).hostname.replace(/^\[|\]$/g, '');
	return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
