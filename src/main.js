import { readFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';

/**
 * Entry of the portal process. It makes the HTTP server and leaves it where Kit's `init` hook finds it, so
 * that pages and sockets share one module graph; the hook composes the app and leaves it here in turn.
 */
const HTTP = Symbol.for('voxbento.http');
const APP = Symbol.for('voxbento.app');

/** @type {import('node:http').RequestListener} */
let handle = (_request, response) => {
	response.writeHead(503, { 'retry-after': '1' }).end('VoxBento is starting.');
};

const { TLS_CERT, TLS_KEY, TRUSTED_PROXIES } = process.env;
const proxies = Number(TRUSTED_PROXIES ?? 0);

// Kit learns scheme and host from headers; without a proxy of ours they are what this process itself sees.
process.env['PROTOCOL_HEADER'] = 'x-forwarded-proto';
process.env['HOST_HEADER'] = proxies > 0 ? 'x-forwarded-host' : 'host';
if (proxies > 0) {
	process.env['ADDRESS_HEADER'] = 'x-forwarded-for';
	process.env['XFF_DEPTH'] = String(proxies);
}

/** @type {import('node:http').RequestListener} */
const listener = (request, response) => {
	if (proxies === 0) request.headers['x-forwarded-proto'] = TLS_CERT ? 'https' : 'http';
	// Straight to this process, as commands and health checks on the machine come: no proxy said who it is.
	else request.headers['x-forwarded-for'] ??= request.socket.remoteAddress ?? '';
	handle(request, response);
};

/** @param {unknown} error */
function giveUp(error) {
	// Faults of the installation carry a sentence for the reader; a bug needs its stack.
	const known = error instanceof Error && ['EnvFault', 'DataDirFault'].includes(error.name);
	console.error(known ? error.message : error);
	process.exit(1);
}

try {
	const server =
		TLS_CERT && TLS_KEY
			? createHttps({ cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) }, listener)
			: createHttp(listener);
	Reflect.set(globalThis, HTTP, server);
	({ handler: handle } = await import(new URL('../build/handler.js', import.meta.url).href));

	const app = Reflect.get(globalThis, APP);
	server.once('error', (error) => {
		const inUse = 'code' in error && error.code === 'EADDRINUSE';
		giveUp(
			inUse
				? Object.assign(
						new Error(
							`Port ${app.env.PORT} is in use. Stop what listens there, or choose another one with PORT.`
						),
						{ name: 'EnvFault' }
					)
				: error
		);
	});
	server.listen(app.env.PORT, app.env.HOST, () => {
		const address = server.address();
		const port = typeof address === 'object' && address ? address.port : app.env.PORT;
		app.log.info({ host: app.env.HOST, port, url: app.env.PUBLIC_BASE_URL }, 'portal ready');
	});

	let stopping = false;
	const stop = async () => {
		if (stopping) return;
		stopping = true;
		await app.drain();
		process.exit(0);
	};
	process.on('SIGTERM', stop);
	process.on('SIGINT', stop);
} catch (error) {
	giveUp(error);
}
