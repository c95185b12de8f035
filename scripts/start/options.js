import path from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '../fault.js';
import { parseAddress } from '../processes/ports.js';
import { lanAddresses } from './lan-addresses.js';

/** @typedef {{ host: string, port: number }} Address */
/**
 * @typedef {object} StartOptions
 * @property {string} dataFolder absolute
 * @property {boolean} dataFolderGiven named by the caller, and not the default
 * @property {boolean} demo
 * @property {Address} portal
 * @property {{ http: Address, ice: Address, rtsp: Address, api: Address }} media
 * @property {{ front: Address, others: string[], certificate: { cert: string, key: string } | null } | null} lan
 */

export const USAGE = `Usage: npm start -- [options]
  --port N        port of the portal (8000)
  --data DIR      data folder (.data)
  --no-demo       without the demo event and its voices
  --lan           reachable from your network, over HTTPS
  --lan-address A  the address of this machine to be reached at, when it has several
  --lan-port N    port for that (8443)
  --cert FILE --key FILE   your own certificate for --lan, PEM
Variables of the environment, and a file .env, are described in .env.example.`;

const LOOPBACK = '127.0.0.1';

/**
 * @param {string[]} argv without Node and script
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root
 * @returns {StartOptions | 'help'}
 * @throws {Fault} for what cannot be understood
 */
export function readOptions(argv, env, root) {
	const values = parse(argv);
	if (values.help) return 'help';
	if ((values.cert === undefined) !== (values.key === undefined))
		throw new Fault(
			'--cert and --key go together: the certificate and its private key, as PEM files.'
		);
	if (values.cert !== undefined && !values.lan)
		throw new Fault('--cert and --key are for --lan; add it.');
	const dataFolder = values.data ?? env['DATA_DIR'];
	const addresses = values['lan-address'] ? [values['lan-address']] : lanAddresses();
	const lan = values.lan === true ? addresses[0] : null;
	if (lan === undefined)
		throw new Fault(
			'This machine has no address in a network. Connect it first, name one with --lan-address, or start without --lan.'
		);
	/** @param {string} name @param {string} fallback */
	const address = (name, fallback) => {
		const found = parseAddress(env[name] || fallback);
		if (found === null) throw new Fault(`${name} must be host:port, such as ${fallback}.`);
		return found;
	};
	return {
		dataFolder: path.resolve(root, dataFolder || '.data'),
		dataFolderGiven: Boolean(dataFolder),
		demo: values['no-demo'] !== true,
		portal: {
			host: env['HOST'] || LOOPBACK,
			port: portOf('--port', values.port ?? env['PORT'], 8000)
		},
		media: {
			http: address('MEDIA_HTTP_ADDRESS', `${LOOPBACK}:8889`),
			ice: address('MEDIA_ICE_ADDRESS', `${lan ?? LOOPBACK}:8189`),
			rtsp: address('MEDIA_RTSP_ADDRESS', `${LOOPBACK}:8554`),
			api: address('MEDIA_API_ADDRESS', `${LOOPBACK}:9997`)
		},
		lan: lan
			? {
					others: addresses.slice(1),
					front: { host: lan, port: portOf('--lan-port', values['lan-port'], 8443) },
					certificate:
						values.cert !== undefined && values.key !== undefined
							? { cert: path.resolve(values.cert), key: path.resolve(values.key) }
							: null
				}
			: null
	};
}

/** @param {string[]} args */
function parse(args) {
	try {
		return parseArgs({
			args,
			options: {
				port: { type: 'string' },
				data: { type: 'string' },
				'no-demo': { type: 'boolean' },
				lan: { type: 'boolean' },
				'lan-address': { type: 'string' },
				'lan-port': { type: 'string' },
				cert: { type: 'string' },
				key: { type: 'string' },
				help: { type: 'boolean', short: 'h' }
			}
		}).values;
	} catch (error) {
		throw new Fault(`${error instanceof Error ? error.message : error}\n${USAGE}`);
	}
}

/**
 * @param {string} name
 * @param {string | undefined} text
 * @param {number} fallback
 */
function portOf(name, text, fallback) {
	if (text === undefined || text === '') return fallback;
	const port = Number(text);
	if (!Number.isInteger(port) || port < 1 || port > 65_535)
		throw new Fault(`${name} must be a port number from 1 to 65535, not "${text}".`);
	return port;
}
