import { createServer, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { listening } from '../listening.ts';
import type { LivePath } from '../paths/live-path.ts';
import type { PathRegistry } from '../paths/registry.ts';
import { tokenFromAuthorization, tokenFromQuery } from '../tokens/credentials.ts';
import type { TokenVerifier } from '../tokens/verifier.ts';
import { PlaySession, RTSP_PAYLOAD_TYPE } from './play-session.ts';
import type { RtspSessionList } from './sessions.ts';
import {
	parseTarget,
	parseTransport,
	RtspReader,
	writeAnswer,
	type RtspAnswer,
	type RtspRequest,
	type RtspTarget
} from './wire.ts';

export type RtspParts = {
	readonly paths: PathRegistry;
	readonly sessions: RtspSessionList;
	readonly tokens: TokenVerifier;
	readonly log: Logger;
};

export type RtspListener = { readonly port: number; close(): Promise<void> };

const METHODS = 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN';
const SESSION_TIMEOUT_SECONDS = 60;
/** A connection that has not come to PLAY by then is closed. */
const SETUP_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 5000;
const MAX_CONNECTIONS = 500;

/** RTSP 1.0 over TCP for readers (RFC 2326), enough for ffmpeg, GStreamer, VLC and MediaMTX as a puller. */
export async function listenRtsp(
	parts: RtspParts,
	host: string,
	port: number
): Promise<RtspListener> {
	const connections = new Set<Connection>();
	const server = createServer((socket) => {
		if (connections.size >= MAX_CONNECTIONS) {
			socket.destroy();
			return;
		}
		const connection = new Connection(parts, socket);
		connections.add(connection);
		socket.on('close', () => connections.delete(connection));
	});
	const taken = await listening(server, { host, port, log: parts.log, what: 'RTSP listener' });
	return {
		port: taken,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				for (const connection of connections) connection.end();
			})
	};
}

type Grant = { readonly path: LivePath; readonly user: string };

class Connection {
	readonly #parts: RtspParts;
	readonly #socket: Socket;
	readonly #reader = new RtspReader();
	readonly #setupTimer: NodeJS.Timeout;
	/** Allowed by DESCRIBE; SETUP comes to a URL that has lost its token. */
	#grant: Grant | null = null;
	#session: PlaySession | null = null;
	/** Requests are answered in order, also when a token check waits. */
	#work: Promise<void> = Promise.resolve();

	constructor(parts: RtspParts, socket: Socket) {
		this.#parts = parts;
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.setKeepAlive(true, KEEP_ALIVE_MS);
		this.#setupTimer = setTimeout(() => socket.destroy(), SETUP_TIMEOUT_MS);
		socket.on('error', () => undefined);
		socket.on('close', () => {
			clearTimeout(this.#setupTimer);
			this.#session?.close('client');
		});
		socket.on('data', (chunk) => this.#data(chunk));
	}

	end(): void {
		this.#socket.destroy();
	}

	#data(chunk: Buffer): void {
		const inputs = this.#reader.push(chunk);
		if (inputs === null) {
			this.#socket.end(writeAnswer({ status: 400 }, '0'));
			return;
		}
		for (const input of inputs) {
			if (input.type === 'frame') this.#session?.frame(input.channel, input.data);
			else this.#work = this.#work.then(() => this.#respond(input.request));
		}
	}

	async #respond(request: RtspRequest): Promise<void> {
		const sequence = request.headers.get('cseq') ?? '0';
		let answer: RtspAnswer;
		try {
			answer = /^\d{1,10}$/.test(sequence) ? await this.#answer(request) : { status: 400 };
		} catch (error) {
			this.#parts.log.error({ err: error }, 'RTSP request failed');
			answer = { status: 500 };
		}
		if (this.#socket.destroyed) return;
		this.#socket.write(writeAnswer(answer, /^\d+$/.test(sequence) ? sequence : '0'));
		if (answer.status !== 200) return;
		if (request.method === 'PLAY') {
			clearTimeout(this.#setupTimer);
			this.#session?.play();
		} else if (request.method === 'TEARDOWN') this.#socket.end();
	}

	async #answer(request: RtspRequest): Promise<RtspAnswer> {
		switch (request.method) {
			case 'OPTIONS':
				return { status: 200, headers: { Public: METHODS } };
			case 'DESCRIBE':
				return this.#describe(request);
			case 'SETUP':
				return this.#setup(request);
			case 'PLAY':
				return this.#inSession(request, { Range: 'npt=now-' });
			case 'GET_PARAMETER':
			case 'SET_PARAMETER':
			case 'TEARDOWN':
				return this.#inSession(request, {});
			default:
				return { status: 501, headers: { Public: METHODS } };
		}
	}

	async #describe(request: RtspRequest): Promise<RtspAnswer> {
		const target = parseTarget(request.url);
		if (!target) return { status: 400 };
		const grant = await this.#authorise(request, target);
		if ('status' in grant) return grant;
		this.#grant = grant;
		return {
			status: 200,
			headers: { 'Content-Base': `${target.base}/`, 'Content-Type': 'application/sdp' },
			body: describePath()
		};
	}

	async #setup(request: RtspRequest): Promise<RtspAnswer> {
		if (this.#session) return { status: 455 };
		const target = parseTarget(request.url);
		if (!target) return { status: 400 };
		const channels = parseTransport(request.headers.get('transport'));
		if (!channels) return { status: 461 };
		const grant =
			this.#grant?.path.name === target.path ? this.#grant : await this.#authorise(request, target);
		if ('status' in grant) return grant;
		if (!grant.path.available) return { status: 404 };
		if (grant.path.full) return { status: 400 };
		const session = new PlaySession(
			grant.path,
			{
				remoteAddress: `${this.#socket.remoteAddress ?? ''}:${this.#socket.remotePort ?? 0}`,
				query: target.query,
				user: grant.user,
				userAgent: request.headers.get('user-agent')?.slice(0, 256) ?? ''
			},
			this.#socket,
			channels,
			(ended) => this.#parts.sessions.remove(ended)
		);
		this.#session = session;
		this.#parts.sessions.add(session);
		const ssrc = session.ssrc.toString(16).toUpperCase().padStart(8, '0');
		return {
			status: 200,
			headers: {
				Session: `${session.id};timeout=${SESSION_TIMEOUT_SECONDS}`,
				Transport: `RTP/AVP/TCP;unicast;interleaved=${channels.rtp}-${channels.rtcp};ssrc=${ssrc}`
			}
		};
	}

	#inSession(request: RtspRequest, headers: Record<string, string>): RtspAnswer {
		const given = request.headers.get('session')?.split(';')[0]?.trim();
		// Some clients keep a connection alive before SETUP.
		if (request.method === 'GET_PARAMETER' && given === undefined) return { status: 200 };
		if (!this.#session || (given !== undefined && given !== this.#session.id))
			return { status: 454 };
		return { status: 200, headers: { Session: this.#session.id, ...headers } };
	}

	async #authorise(request: RtspRequest, target: RtspTarget): Promise<Grant | RtspAnswer> {
		const token =
			tokenFromAuthorization(request.headers.get('authorization')) ?? tokenFromQuery(target.query);
		const bearer = await this.#parts.tokens.authorise(token, 'read', target.path);
		if (!bearer.ok)
			return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="mediamtx"' } };
		const path = this.#parts.paths.get(target.path);
		if (!path) return { status: 400 };
		return path.available ? { path, user: bearer.value.user } : { status: 404 };
	}
}

/** The session description of every path: one Opus stream (RFC 7587 §7). */
function describePath(): string {
	return [
		'v=0',
		'o=- 0 0 IN IP4 127.0.0.1',
		's=Channel',
		'c=IN IP4 0.0.0.0',
		't=0 0',
		`m=audio 0 RTP/AVP ${RTSP_PAYLOAD_TYPE}`,
		'a=control:trackID=0',
		`a=rtpmap:${RTSP_PAYLOAD_TYPE} opus/48000/2`,
		`a=fmtp:${RTSP_PAYLOAD_TYPE} sprop-stereo=0`,
		''
	].join('\r\n');
}
