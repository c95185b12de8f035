import path from 'node:path';
import { command } from '../fault.js';
import { lockForStart, STOP_GRACE_MS } from '../processes/lock.js';
import { keepRunning } from '../processes/part.js';
import { requireFreePorts } from '../processes/ports.js';
import { showLine } from '../processes/readable-log.js';
import { ROOT } from '../setup.js';
import { ensureBuilt } from '../steps/build-step.js';
import { ensureInstalled } from '../steps/install.js';
import {
	browserUrl,
	lanPart,
	mediaPart,
	portalPart,
	transcriberPart,
	urlOf,
	voicesPart,
	wantedPorts
} from './composition.js';
import { adminPassword, prepareDataFolder } from './data-folder.js';
import { environment } from './environment.js';
import { askPortal } from './local-endpoint.js';
import { readOptions, USAGE } from './options.js';

/** Portal and media server are started first; what comes after needs them. */
const HOSTS = 2;
/** The caption worker hands in the last words of every channel. */
const GUEST_GRACE_MS = 6_000;
const SAME_REQUEST_MS = 1_000;

/** @typedef {ReturnType<typeof keepRunning>} Part */
/** @typedef {import('#lib/server/events/demo-event.ts').DemoEvent} DemoEvent */

/**
 * Starts everything and stays until it is told to stop.
 *
 * @param {'built' | 'dev'} mode
 */
export function start(mode) {
	return command(async () => {
		const env = environment(ROOT);
		// At a terminal the links should stay in sight; whoever wants to see more says so.
		env['LOG_LEVEL'] ||= mode === 'built' && process.stdout.isTTY ? 'warn' : 'info';
		const options = readOptions(process.argv.slice(2), env, ROOT);
		if (options === 'help') return console.log(USAGE);
		prepareDataFolder(options.dataFolder);
		const lock = await lockForStart(options.dataFolder, console.log);
		/** @type {Part[]} */
		const parts = [];
		const stopped = stopOnSignal(parts);
		try {
			const begin = async () => {
				await requireFreePorts(wantedPorts(options));
				await ensureInstalled(ROOT, console.log);
				if (mode === 'built') await ensureBuilt(ROOT, console.log);
				await run({ mode, env, options, parts, lock });
			};
			await Promise.race([begin(), stopped]);
			await stopped;
		} finally {
			// Guests first, so that they can say goodbye to a portal that still listens.
			const [hosts, guests] = [parts.slice(0, HOSTS), parts.slice(HOSTS)];
			await Promise.all(guests.map((part) => part.stop(GUEST_GRACE_MS)));
			await Promise.all(hosts.map((part) => part.stop(STOP_GRACE_MS)));
			lock.release();
		}
		process.exit(process.exitCode ?? 0);
	});
}

/**
 * @param {object} start
 * @param {'built' | 'dev'} start.mode
 * @param {NodeJS.ProcessEnv} start.env
 * @param {import('./options.js').StartOptions} start.options
 * @param {Part[]} start.parts filled as they are started
 * @param {import('../processes/lock.js').Lock} start.lock
 */
async function run({ mode, env, options, parts, lock }) {
	// These need packages, which are there only now.
	const { welcome, lanSentence } = await import('./links.js');
	const { dataFolder, lan } = options;
	const admin = adminPassword(dataFolder, env);
	const publicUrl = publicUrlOf(options, env);
	const plan = { mode, root: ROOT, env, options, adminPassword: admin.password, publicUrl };

	/** @param {import('../processes/part.js').PartSpec} spec */
	const startPart = (spec) => {
		const part = keepRunning(spec, {
			line: (line) => print(spec.name, line),
			started: () => lock.remember(parts.flatMap((one) => one.pid() ?? [])),
			died: (why, delayMs) =>
				console.error(`The ${spec.title} ${why}; starting it again in ${delayMs / 1000} s.`)
		});
		parts.push(part);
		return part.start();
	};
	await Promise.all([startPart(portalPart(plan)), startPart(mediaPart(plan))]);

	const certificate = lan && (await certificateFor(lan, dataFolder));
	if (lan && certificate) await startPart(lanPart(plan, lan.front, certificate));

	/** @type {DemoEvent | null} */
	const demo = options.demo
		? await askPortal({ dataFolder, portalUrl: urlOf(options.portal) }, 'seed-demo')
		: null;
	if (env['CAPTIONS'] !== 'off') await startPart(transcriberPart(plan));
	const voices = demo !== null && env['DEMO_VOICES'] !== 'off';
	if (voices) await startPart(voicesPart(plan, demo));
	const lanText =
		lan &&
		lanSentence({
			publicUrl,
			icePort: options.media.ice.port,
			others: lan.others,
			authorityUrl: certificate?.authority ? `${publicUrl}/local-authority.crt` : null
		});
	const colour = process.stdout.isTTY === true;
	console.log(welcome({ publicUrl, demo, voices, admin, dataFolder, colour, lan: lanText }));
}

/**
 * @param {import('./options.js').StartOptions} options
 * @param {NodeJS.ProcessEnv} env
 */
function publicUrlOf({ portal, lan }, env) {
	if (env['PUBLIC_BASE_URL']) return env['PUBLIC_BASE_URL'].replace(/\/+$/, '');
	return lan ? urlOf(lan.front, 'https') : browserUrl(portal);
}

/**
 * @param {NonNullable<import('./options.js').StartOptions['lan']>} lan
 * @param {string} dataFolder
 * @returns {Promise<{ cert: string, key: string, authority: string | null }>} files
 */
async function certificateFor({ certificate, front, others }, dataFolder) {
	if (certificate) return { ...certificate, authority: null };
	const { localCertificate } = await import('./certificate.js');
	return localCertificate(path.join(dataFolder, 'lan'), [front.host, ...others]);
}

/**
 * Resolves at the first request to stop; the second one ends everything at once.
 *
 * @param {readonly Part[]} parts
 * @returns {Promise<void>}
 */
function stopOnSignal(parts) {
	process.on('exit', () => parts.forEach((part) => part.kill()));
	return new Promise((resolve) => {
		let askedAt = 0;
		for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
			process.on(signal, () => {
				// One Ctrl-C comes twice under npm: from the terminal, and passed on by npm.
				if (askedAt !== 0 && Date.now() - askedAt > SAME_REQUEST_MS) process.exit(1);
				if (askedAt !== 0) return;
				askedAt = Date.now();
				console.log('\nStopping; once more Ctrl-C to stop at once …');
				resolve();
			});
		}
	});
}

/** @param {string} part @param {string} line */
function print(part, line) {
	if (line.trim() !== '')
		process.stdout.write(`${showLine(part, line, { readable: process.stdout.isTTY === true })}\n`);
}
