// The door to the local network for `npm start -- --lan`: HTTPS on one port, in front of a portal and a media
// server that go on listening on loopback alone. A phone then has one address and one certificate to accept.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { parseAddress } from './processes/ports.js';

/** WHIP, WHEP and their sessions belong to the media server, everything else to the portal. */
const MEDIA_PATH = /^\/[^?]+\/(whip|whep)(\/[^/?]+)?\/?$/;
/** Said to the next hop and no further (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];
/** Where the certificate of our own authority can be had, to be installed on a phone. */
const AUTHORITY_PATH = '/local-authority.crt';

/**
 * @typedef {object} FrontSettings
 * @property {string} cert PEM
 * @property {string} key PEM
 * @property {string | null} authority PEM, offered for download
 * @property {string} portalUrl
 * @property {string} mediaUrl
 */

/**
 * @param {FrontSettings} settings
 * @returns {https.Server} not listening yet
 */
export function createFront({ cert, key, authority, portalUrl, mediaUrl }) {
	/** @param {http.IncomingMessage} request */
	const forward = (request) => {
		const path = request.url ?? '/';
		const target = MEDIA_PATH.test(path.replace(/\?.*/, '')) ? mediaUrl : portalUrl;
		return http.request(new URL(target), {
			method: request.method,
			path,
			headers: {
				...withoutHopByHop(request.headers),
				// Set and not appended: what a client says about itself is not believed.
				'x-forwarded-for': request.socket.remoteAddress ?? '',
				'x-forwarded-proto': 'https',
				'x-forwarded-host': request.headers.host ?? ''
			}
		});
	};

	const server = https.createServer({ cert, key, ALPNProtocols: ['http/1.1'] });

	server.on('request', (request, response) => {
		const [path] = (request.url ?? '/').split('?');
		if (path === AUTHORITY_PATH && authority !== null)
			return response.setHeader('content-type', 'application/x-x509-ca-cert').end(authority);
		// The commands' endpoint is for this machine alone.
		if (/^\/+internal(\/|$)/i.test(decoded(path ?? ''))) return response.writeHead(404).end();
		const onward = forward(request);
		onward.once('response', (answer) => {
			response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
			answer.pipe(response);
			answer.once('error', () => response.destroy());
		});
		onward.once('error', () => {
			if (response.headersSent) return response.destroy();
			response
				.writeHead(502, { 'content-type': 'text/plain', 'retry-after': '1' })
				.end('VoxBento does not answer at the moment. Try again in a few seconds.\n');
		});
		response.once('close', () => onward.destroy());
		request.pipe(onward);
	});

	server.on('upgrade', (request, socket, head) => {
		const onward = forward(request);
		onward.setHeader('connection', 'Upgrade');
		onward.setHeader('upgrade', request.headers.upgrade ?? 'websocket');
		const drop = () => socket.destroy();
		socket.once('error', () => onward.destroy());
		onward.once('error', drop);
		onward.once('response', drop); // refused: the client sees a closed connection and tries polling
		onward.once('upgrade', (answer, target, targetHead) => {
			const lines = [`HTTP/1.1 101 ${answer.statusMessage}`];
			for (let i = 0; i < answer.rawHeaders.length; i += 2)
				lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
			socket.write(`${lines.join('\r\n')}\r\n\r\n`);
			if (targetHead.length > 0) socket.write(targetHead);
			if (head.length > 0) target.write(head);
			target.once('error', drop);
			target.once('close', drop);
			socket.once('close', () => target.destroy());
			target.pipe(socket).pipe(target);
		});
		onward.end();
	});
	// Port scanners and phones that refuse the certificate end connections in every possible way.
	server.on('tlsClientError', () => undefined);
	return server;
}

/** @param {string} path */
function decoded(path) {
	try {
		return decodeURIComponent(path);
	} catch {
		return path; // not an address; the portal says so
	}
}

/** @param {http.IncomingHttpHeaders} headers */
function withoutHopByHop(headers) {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

/** @param {string} name */
function required(name) {
	const value = process.env[name];
	if (!value) throw new Error(`${name} is not set`);
	return value;
}

if (process.env['FRONT_ADDRESS']) {
	const address = parseAddress(process.env['FRONT_ADDRESS']);
	if (address === null) throw new Error('FRONT_ADDRESS must be host:port');
	const authority = process.env['FRONT_AUTHORITY'];
	const server = createFront({
		cert: readFileSync(required('FRONT_CERT'), 'utf8'),
		key: readFileSync(required('FRONT_KEY'), 'utf8'),
		authority: authority ? readFileSync(authority, 'utf8') : null,
		portalUrl: required('FRONT_PORTAL'),
		mediaUrl: required('FRONT_MEDIA')
	});
	server.listen(address.port, address.host, () =>
		console.log(JSON.stringify({ level: 30, time: Date.now(), msg: 'lan front ready', ...address }))
	);
	process.once('SIGTERM', () => {
		server.close(() => process.exit(0));
		server.closeAllConnections();
		// Upgraded connections are no longer the server's; they end with the process.
		setTimeout(() => process.exit(0), 500).unref();
	});
}
