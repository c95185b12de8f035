import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { errorCode, Fault } from '../fault.js';

/**
 * @typedef {object} WantedPort
 * @property {'tcp' | 'udp'} transport
 * @property {string} host
 * @property {number} port 0 for any
 * @property {string} purpose what it is for, in words
 * @property {string} remedy how to choose another one
 */

/**
 * @param {readonly WantedPort[]} wanted
 * @throws {Fault} with one line for every port that cannot be had, so that all are settled in one go
 */
export async function requireFreePorts(wanted) {
	const answers = await Promise.all(
		wanted.map(async (port) => ({ port, code: await tryPort(port) }))
	);
	const lines = answers.flatMap(({ port, code }) => {
		if (code === null) return [];
		const name = `Port ${port.port} (${port.transport.toUpperCase()}, ${port.purpose})`;
		const what =
			code === 'EADDRINUSE'
				? 'is in use by another program. Stop that one'
				: `cannot be opened on ${port.host} (${code})`;
		return [
			`${name} ${what}${code === 'EADDRINUSE' ? ',' : ';'} or choose another: ${port.remedy}`
		];
	});
	if (lines.length > 0) throw new Fault(lines.join('\n'));
}

/**
 * @param {WantedPort} wanted
 * @returns {Promise<string | null>} code of the failed call, null when the port was free
 */
function tryPort({ transport, host, port }) {
	return new Promise((resolve) => {
		/** @param {unknown} error */
		const fail = (error) => resolve(errorCode(error) ?? String(error));
		if (transport === 'tcp') {
			const server = createServer();
			server.once('error', fail);
			server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
		} else {
			const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
			socket.once('error', fail);
			socket.bind({ port, address: host, exclusive: true }, () =>
				socket.close(() => resolve(null))
			);
		}
	});
}

/**
 * Takes `host:port` apart; an IPv6 host stands in brackets.
 *
 * @param {string} text
 * @returns {{ host: string, port: number } | null} null when it is not of that form
 */
export function parseAddress(text) {
	const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
	const port = Number(match?.[3]);
	const host = match?.[1] ?? match?.[2];
	return host === undefined || port > 65_535 ? null : { host, port };
}
