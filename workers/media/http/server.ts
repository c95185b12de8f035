import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Logger } from 'pino';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { listening } from '../listening.ts';
import { failure, type HttpAnswer } from './answers.ts';

export type HttpRequest = {
	readonly method: string;
	/** Decoded, without the query. */
	readonly path: string;
	/** Raw, without the question mark. */
	readonly query: string;
	readonly headers: IncomingMessage['headers'];
	readonly remoteAddress: string;
	/** `address:port` */
	readonly remote: string;
	/** Reads the body up to a limit; to be called once. */
	body(limitBytes: number): Promise<Result<Buffer, 'body_too_large'>>;
};

export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer>;

export type HttpListenOptions = {
	readonly host: string;
	readonly port: number;
	/** Origins that may call from a browser; `*` for all. Nothing here reads cookies. */
	readonly allowOrigins: readonly string[];
	readonly tls: { readonly cert: string; readonly key: string } | null;
	readonly log: Logger;
};

export type HttpListener = { readonly port: number; close(): Promise<void> };

const MAX_HEADER_BYTES = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;

/** Listens and turns whatever goes wrong into a status; a handler's exception never leaves. */
export async function listenHttp(
	handler: HttpHandler,
	options: HttpListenOptions
): Promise<HttpListener> {
	const limits = {
		maxHeaderSize: MAX_HEADER_BYTES,
		requestTimeout: REQUEST_TIMEOUT_MS,
		headersTimeout: REQUEST_TIMEOUT_MS,
		keepAliveTimeout: 30_000
	};
	const server = options.tls
		? createTlsServer({ ...limits, ...options.tls })
		: createServer(limits);
	server.on('request', (request: IncomingMessage, response: ServerResponse) => {
		void respond(handler, options, request, response);
	});
	server.on('clientError', (_error, socket) => {
		if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
		else socket.destroy();
	});
	const port = await listening(server, { ...options, what: 'HTTP listener' });
	return {
		port,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			})
	};
}

async function respond(
	handler: HttpHandler,
	options: HttpListenOptions,
	request: IncomingMessage,
	response: ServerResponse
): Promise<void> {
	// A client that goes away mid-answer is no event.
	request.on('error', () => undefined);
	response.on('error', () => undefined);
	let answer: HttpAnswer;
	try {
		const read = readRequest(request);
		answer = read === null ? failure(400, 'invalid URL') : await handler(read);
	} catch (error) {
		options.log.error({ err: error, url: request.url }, 'request failed');
		answer = failure(500, 'internal error');
	}
	if (response.headersSent || response.destroyed) return;
	const body = answer.body ?? '';
	response.writeHead(answer.status, {
		...corsHeaders(options.allowOrigins, request.headers.origin),
		...answer.headers,
		...(answer.status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) }),
		// What is left of an unread body must not be taken for the next request.
		...(request.complete ? {} : { Connection: 'close' })
	});
	response.end(request.method === 'HEAD' ? undefined : body);
}

function readRequest(request: IncomingMessage): HttpRequest | null {
	const [rawPath = '', ...rest] = (request.url ?? '').split('?');
	let path: string;
	try {
		path = decodeURIComponent(rawPath);
	} catch {
		return null;
	}
	if (!path.startsWith('/')) return null;
	const { remoteAddress = '', remotePort = 0 } = request.socket;
	return {
		method: request.method ?? '',
		path,
		query: rest.join('?'),
		headers: request.headers,
		remoteAddress,
		remote: `${remoteAddress}:${remotePort}`,
		body: (limitBytes) => readBody(request, limitBytes)
	};
}

async function readBody(
	request: IncomingMessage,
	limitBytes: number
): Promise<Result<Buffer, 'body_too_large'>> {
	const tooLarge = () => refuse('body_too_large', 'the body is too large');
	if (Number(request.headers['content-length']) > limitBytes) return tooLarge();
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > limitBytes) return tooLarge();
		chunks.push(chunk);
	}
	return ok(Buffer.concat(chunks));
}

function corsHeaders(
	allowed: readonly string[],
	origin: string | undefined
): Record<string, string> {
	if (origin === undefined) return {};
	if (allowed.includes('*')) return { 'Access-Control-Allow-Origin': '*' };
	return allowed.includes(origin)
		? { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' }
		: { Vary: 'Origin' };
}
