import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { controlHandler } from './control-api/control-api.ts';
import type { HostPort, MediaEnv } from './env.ts';
import { guard } from './guard.ts';
import { listenHttp, type HttpListener } from './http/server.ts';
import { signallingHandler } from './http/signalling.ts';
import { Pacer } from './paths/pacer.ts';
import { PathRegistry } from './paths/registry.ts';
import { iceHost, iceSocket, tryUdpPort } from './peers/ice-host.ts';
import { finishNative, goodbyesSaid, holdIceSocket, logNative } from './peers/peer.ts';
import { Sessions } from './peers/sessions.ts';
import { listenRtsp, type RtspListener } from './rtsp/server.ts';
import { RtspSessionList } from './rtsp/sessions.ts';
import { KeySet } from './tokens/key-set.ts';
import { SpentTickets } from './tokens/spent-tickets.ts';
import { TokenVerifier } from './tokens/verifier.ts';

/** Told apart from MediaMTX's by its suffix; what the portal may ask of it is in the contract suite. */
const VERSION = 'v1.20.1-voxbento';

const WATCH_EVERY_MS = 250;

export type MediaServer = {
	/** Where it really listens. */
	readonly addresses: {
		readonly http: string;
		readonly ice: string;
		readonly rtsp: string;
		readonly api: string;
	};
	close(): Promise<void>;
};

/** A listener could not be had; the message is for the person who starts the server. */
export class ListenError extends Error {
	override readonly name = 'ListenError';
}

/** Puts the parts together and listens. Throws ListenError; nothing stays open then. */
export async function startMediaServer(env: MediaEnv, log: Logger): Promise<MediaServer> {
	const opened: { close: () => Promise<void> | void }[] = [];
	const closeAll = async () => {
		for (const part of opened.reverse()) await part.close();
	};
	try {
		const keys = new KeySet(env.MEDIA_JWKS_URL, env.MEDIA_DATA_DIR, log);
		await keys.load();
		void keys.refresh({ wanted: false });
		const tokens = new TokenVerifier(
			keys,
			{
				...(env.MEDIA_JWT_ISSUER === undefined ? {} : { issuer: env.MEDIA_JWT_ISSUER }),
				...(env.MEDIA_JWT_AUDIENCE === undefined ? {} : { audience: env.MEDIA_JWT_AUDIENCE })
			},
			log
		);
		const pacer = new Pacer(log);
		const paths = new PathRegistry(pacer);
		const sessions = new Sessions(env.MEDIA_MAX_SESSIONS);
		const rtspSessions = new RtspSessionList();
		const startedAt = new Date();

		logNative(log, 'Warning');
		const iceAddress = env.MEDIA_ICE_ADDRESS;
		const [icePort, held] = await orExplain('MEDIA_ICE_ADDRESS', iceAddress, async () => {
			const port = await tryUdpPort(iceAddress.host, iceAddress.port);
			return [port, holdIceSocket(iceSocket(iceAddress.host, port))] as const;
		});
		const ice = iceHost(iceAddress.host, icePort, env.MEDIA_ADDITIONAL_HOSTS);
		opened.push({
			close: async () => {
				held.stop();
				await finishNative(log);
			}
		});
		opened.push({
			close: async () => {
				sessions.closeAll('shutdown');
				await goodbyesSaid();
			}
		});

		const watch = setInterval(
			guard(log, 'watch', () => paths.watch(performance.now())),
			WATCH_EVERY_MS
		);
		opened.push({ close: () => clearInterval(watch) });
		opened.push({ close: () => pacer.stop() });

		const tls = readTls(env);
		const http: HttpListener = await orExplain('MEDIA_HTTP_ADDRESS', env.MEDIA_HTTP_ADDRESS, () =>
			listenHttp(
				signallingHandler({ paths, sessions, tokens, spent: new SpentTickets(), ice, log }),
				{
					...env.MEDIA_HTTP_ADDRESS,
					allowOrigins: env.MEDIA_ALLOW_ORIGINS,
					tls,
					log
				}
			)
		);
		opened.push(http);
		const rtsp: RtspListener = await orExplain('MEDIA_RTSP_ADDRESS', env.MEDIA_RTSP_ADDRESS, () =>
			listenRtsp(
				{ paths, sessions: rtspSessions, tokens, log },
				env.MEDIA_RTSP_ADDRESS.host,
				env.MEDIA_RTSP_ADDRESS.port
			)
		);
		opened.push(rtsp);
		const api: HttpListener = await orExplain('MEDIA_API_ADDRESS', env.MEDIA_API_ADDRESS, () =>
			listenHttp(
				controlHandler({
					paths,
					sessions,
					rtsp: rtspSessions,
					tokens,
					keys,
					startedAt,
					version: VERSION
				}),
				{ ...env.MEDIA_API_ADDRESS, allowOrigins: [], tls: null, log }
			)
		);
		opened.push(api);

		return {
			addresses: {
				http: `${tls ? 'https' : 'http'}://${show(env.MEDIA_HTTP_ADDRESS, http.port)}`,
				ice: show(iceAddress, icePort),
				rtsp: `rtsp://${show(env.MEDIA_RTSP_ADDRESS, rtsp.port)}`,
				api: `http://${show(env.MEDIA_API_ADDRESS, api.port)}`
			},
			close: closeAll
		};
	} catch (error) {
		await closeAll();
		throw error;
	}
}

function readTls(env: MediaEnv): { cert: string; key: string } | null {
	if (env.MEDIA_TLS_CERT === undefined || env.MEDIA_TLS_KEY === undefined) return null;
	try {
		return {
			cert: readFileSync(env.MEDIA_TLS_CERT, 'utf8'),
			key: readFileSync(env.MEDIA_TLS_KEY, 'utf8')
		};
	} catch (error) {
		throw new ListenError(
			`The certificate of MEDIA_TLS_CERT and MEDIA_TLS_KEY cannot be read: ${messageOf(error)}.`
		);
	}
}

/** Says in a sentence which listener could not be had, why, and what to do. */
async function orExplain<T>(
	name: string,
	address: HostPort,
	listen: () => T | Promise<T>
): Promise<T> {
	try {
		return await listen();
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'EADDRINUSE';
		const why =
			code === 'EADDRINUSE'
				? 'is in use; stop the program that uses it (perhaps a second media server) or choose another port'
				: code === 'EADDRNOTAVAIL'
					? 'is not an address of this machine'
					: code === 'EACCES'
						? 'may not be used by this account; choose a port above 1024'
						: `cannot be used (${messageOf(error)})`;
		throw new ListenError(`${show(address, address.port)} ${why}: ${name}.`, { cause: error });
	}
}

function show({ host }: HostPort, port: number): string {
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
