import path from 'node:path';
import { parseRecord } from '../processes/readable-log.js';

/** @typedef {import('../processes/part.js').PartSpec} PartSpec */
/** @typedef {import('../processes/ports.js').WantedPort} WantedPort */
/** @typedef {import('./options.js').StartOptions} StartOptions */
/** @typedef {import('./options.js').Address} Address */

/**
 * All that tells one start from another.
 *
 * @typedef {object} Plan
 * @property {'built' | 'dev'} mode
 * @property {string} root
 * @property {NodeJS.ProcessEnv} env
 * @property {StartOptions} options
 * @property {string} adminPassword
 * @property {string} publicUrl base of the links that are printed
 */

/** @param {Address} address as a URL that this machine itself can use */
export function urlOf({ host, port }, scheme = 'http') {
	const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
	return `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** @param {Address} address */
const textOf = ({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/**
 * The ports of a start, to be tried before anything is built.
 *
 * @param {StartOptions} options
 * @returns {WantedPort[]}
 */
export function wantedPorts({ portal, media, lan }) {
	/** @type {Omit<WantedPort, 'host' | 'port'>[]} */
	const tcp = [
		{ transport: 'tcp', purpose: 'portal', remedy: 'npm start -- --port N' },
		{ transport: 'tcp', purpose: 'media server, WHIP and WHEP', remedy: 'MEDIA_HTTP_ADDRESS' },
		{ transport: 'tcp', purpose: 'media server, RTSP', remedy: 'MEDIA_RTSP_ADDRESS' },
		{ transport: 'tcp', purpose: 'media server, control API', remedy: 'MEDIA_API_ADDRESS' }
	];
	const addresses = [portal, media.http, media.rtsp, media.api];
	return [
		...tcp.map((port, i) => ({ ...port, ...(addresses[i] ?? portal) })),
		{ transport: 'udp', purpose: 'media server, sound', remedy: 'MEDIA_ICE_ADDRESS', ...media.ice },
		...(lan
			? [
					/** @type {WantedPort} */ ({
						transport: 'tcp',
						purpose: 'HTTPS for the network',
						remedy: 'npm start -- --lan --lan-port N',
						...lan.front
					})
				]
			: [])
	];
}

/**
 * @param {Plan} plan
 * @returns {PartSpec}
 */
export function portalPart({ mode, root, env, options, adminPassword, publicUrl }) {
	const { portal, media, lan, dataFolder } = options;
	const dev = mode === 'dev';
	return {
		name: 'portal',
		title: 'portal',
		cwd: root,
		args: dev
			? [
					path.join(root, 'node_modules/vite/bin/vite.js'),
					...['dev', '--host', portal.host, '--port', String(portal.port), '--strictPort']
				]
			: [path.join(root, 'src/main.js')],
		env: {
			...env,
			NODE_ENV: dev ? 'development' : 'production',
			HOST: portal.host,
			PORT: String(portal.port),
			DATA_DIR: dataFolder,
			ADMIN_PASSWORD: adminPassword,
			PUBLIC_BASE_URL: publicUrl,
			TRUSTED_PROXIES: lan ? '1' : (env['TRUSTED_PROXIES'] ?? '0'),
			MEDIAMTX_WHIP_BASE: lan ? publicUrl : (env['MEDIAMTX_WHIP_BASE'] ?? browserUrl(media.http)),
			MEDIAMTX_API_BASE: env['MEDIAMTX_API_BASE'] ?? urlOf(media.api),
			MEDIAMTX_RTSP_BASE: env['MEDIAMTX_RTSP_BASE'] ?? urlOf(media.rtsp, 'rtsp')
		},
		probe: (signal) => untilHealthy(urlOf(portal), signal)
	};
}

/**
 * A page at http://localhost must not be sent to another name for the same machine: the browser would treat
 * it as a stranger.
 *
 * @param {Address} address
 */
export function browserUrl(address) {
	return urlOf(address).replace('127.0.0.1', 'localhost');
}

/**
 * @param {Plan} plan
 * @returns {PartSpec}
 */
export function mediaPart({ mode, root, env, options }) {
	const { portal, media, dataFolder } = options;
	return {
		name: 'media',
		title: 'media server',
		cwd: root,
		args: workerArgs(mode, root, 'media'),
		env: {
			...env,
			MEDIA_HTTP_ADDRESS: textOf(media.http),
			MEDIA_ICE_ADDRESS: textOf(media.ice),
			MEDIA_RTSP_ADDRESS: textOf(media.rtsp),
			MEDIA_API_ADDRESS: textOf(media.api),
			MEDIA_JWT_ISSUER: 'voxbento',
			MEDIA_JWT_AUDIENCE: 'media',
			MEDIA_JWKS_URL: `${urlOf(portal)}/.well-known/jwks.json`,
			MEDIA_DATA_DIR: path.join(dataFolder, 'media')
		},
		isReadyLine: (line) => parseRecord(line)?.['msg'] === 'media server ready'
	};
}

/** The smallest English model; the demo's English channels are captioned with it. */
const DEMO_MODEL = 'moonshine-tiny-en';

/**
 * Finds the portal's secret in the data folder when none is set.
 *
 * @param {Plan} plan
 * @returns {PartSpec}
 */
export function transcriberPart({ mode, root, env, options }) {
	return {
		name: 'captions',
		title: 'caption worker',
		cwd: root,
		args: workerArgs(mode, root, 'transcriber'),
		env: {
			...env,
			PORTAL_URL: urlOf(options.portal),
			DATA_DIR: options.dataFolder,
			STT_FETCH: env['STT_FETCH'] ?? (options.demo ? DEMO_MODEL : '')
		}
	};
}

/**
 * @param {Plan} plan
 * @param {import('#lib/server/events/demo-event.ts').DemoEvent} demo
 * @returns {PartSpec}
 */
export function voicesPart({ mode, root, env, options }, demo) {
	return {
		name: 'voices',
		title: 'demo voices',
		cwd: root,
		args: workerArgs(mode, root, 'demo-voices'),
		env: {
			...env,
			DEMO_PORTAL_URL: urlOf(options.portal),
			DEMO_MEDIA_URL: urlOf(options.media.http),
			DEMO_VOICES_OF: JSON.stringify({ slug: demo.slug, voices: demo.voices })
		}
	};
}

/**
 * @param {Plan} plan
 * @param {Address} front
 * @param {{ cert: string, key: string, authority: string | null }} certificate files
 * @returns {PartSpec}
 */
export function lanPart({ root, env, options }, front, certificate) {
	return {
		name: 'lan',
		title: 'door to the network',
		cwd: root,
		args: [path.join(root, 'scripts/lan-front.js')],
		env: {
			...env,
			FRONT_ADDRESS: textOf(front),
			FRONT_CERT: certificate.cert,
			FRONT_KEY: certificate.key,
			FRONT_AUTHORITY: certificate.authority ?? '',
			FRONT_PORTAL: urlOf(options.portal),
			FRONT_MEDIA: urlOf(options.media.http)
		},
		isReadyLine: (line) => parseRecord(line)?.['msg'] === 'lan front ready'
	};
}

/**
 * @param {'built' | 'dev'} mode
 * @param {string} root
 * @param {string} name
 */
function workerArgs(mode, root, name) {
	return mode === 'built'
		? ['--enable-source-maps', path.join(root, `build/workers/${name}.js`)]
		: [path.join(root, 'node_modules/tsx/dist/cli.mjs'), 'watch', `workers/${name}/main.ts`];
}

/**
 * @param {string} url of a portal
 * @param {AbortSignal} signal
 */
async function untilHealthy(url, signal) {
	while (!signal.aborted) {
		try {
			const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
			await response.arrayBuffer();
			if (response.ok) return;
		} catch {
			// Not listening yet.
		}
		await new Promise((resolve) => setTimeout(resolve, 150));
	}
}
