import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Fault } from '../fault.js';

/**
 * One process of the composition.
 *
 * @typedef {object} PartSpec
 * @property {string} name short, stands before each of its lines
 * @property {string} title in words
 * @property {string[]} args for Node itself
 * @property {NodeJS.ProcessEnv} env
 * @property {string} cwd
 * @property {(line: string) => boolean} [isReadyLine] the line by which it says that it is ready
 * @property {(signal: AbortSignal) => Promise<void>} [probe] resolves when it answers; asked where no line says so
 */

/**
 * @typedef {object} PartEvents
 * @property {(line: string) => void} line
 * @property {(pid: number) => void} started also after a restart
 * @property {(why: string, delayMs: number) => void} died
 */

/** Pauses before a restart, one after the other; the last one stays. */
export const BACK_OFF_MS = [500, 1_000, 2_000, 5_000, 10_000];
/** After living this long a process is thought well, and its next death counts as the first. */
export const WELL_AFTER_MS = 30_000;
const READY_WITHIN_MS = 120_000;

/**
 * Keeps one process running until `stop`: whatever ends it, it is started again after a pause.
 *
 * @param {PartSpec} spec
 * @param {PartEvents} events
 */
export function keepRunning(spec, events) {
	/** @type {import('node:child_process').ChildProcess | null} */
	let child = null;
	/** @type {NodeJS.Timeout | undefined} */
	let timer;
	let stopping = false;
	let deaths = 0;

	/**
	 * @returns {Promise<string>} how it ended, in words
	 * @param {() => void} [onReady]
	 */
	const runOnce = (onReady) =>
		new Promise((resolve) => {
			const startedAt = Date.now();
			// A group of its own: a Ctrl-C in the terminal reaches us alone, and we stop the parts in order.
			const running = spawn(process.execPath, spec.args, {
				cwd: spec.cwd,
				env: spec.env,
				stdio: ['ignore', 'pipe', 'pipe'],
				detached: process.platform !== 'win32'
			});
			child = running;
			if (running.pid !== undefined) events.started(running.pid);
			for (const input of [running.stdout, running.stderr]) {
				createInterface({ input }).on('line', (line) => {
					events.line(line);
					if (spec.isReadyLine?.(line)) onReady?.();
				});
			}
			running.once('error', (error) => resolve(`could not be started (${error.message})`));
			running.once('close', (code, signal) => {
				child = null;
				if (Date.now() - startedAt > WELL_AFTER_MS) deaths = 0;
				resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`);
			});
		});

	const keep = async () => {
		while (!stopping) {
			const delayMs = BACK_OFF_MS[Math.min(deaths, BACK_OFF_MS.length - 1)] ?? 10_000;
			deaths += 1;
			await new Promise((resolve) => (timer = setTimeout(resolve, delayMs)));
			if (stopping) return;
			const why = await runOnce();
			if (!stopping) events.died(why, BACK_OFF_MS[Math.min(deaths, BACK_OFF_MS.length - 1)] ?? 0);
		}
	};

	return {
		title: spec.title,
		pid: () => child?.pid,

		/**
		 * Starts it and waits until it is ready.
		 *
		 * @throws {Fault} when it ends or stays silent before: then something is wrong that a restart does not mend
		 */
		async start() {
			const over = new AbortController();
			try {
				await new Promise((resolve, reject) => {
					const late = setTimeout(
						() =>
							reject(
								new Fault(`The ${spec.title} did not get ready within ${READY_WITHIN_MS / 1000} s.`)
							),
						READY_WITHIN_MS
					);
					over.signal.addEventListener('abort', () => clearTimeout(late));
					let ready = false;
					const isReady = () => {
						ready = true;
						resolve(undefined);
					};
					void runOnce(isReady).then((why) => {
						if (stopping) return;
						if (!ready) return reject(new Fault(`The ${spec.title} ${why} before it was ready.`));
						events.died(why, BACK_OFF_MS[0] ?? 0);
						void keep();
					});
					if (spec.probe) spec.probe(over.signal).then(isReady, reject);
					else if (!spec.isReadyLine) isReady();
				});
			} finally {
				over.abort();
			}
		},

		/**
		 * SIGTERM, and SIGKILL when that did not end it.
		 *
		 * @param {number} graceMs
		 */
		async stop(graceMs) {
			stopping = true;
			clearTimeout(timer);
			const running = child;
			if (running === null) return;
			const ended = new Promise((resolve) => running.once('close', resolve));
			const kill = setTimeout(() => signalGroup(running, 'SIGKILL'), graceMs);
			signalGroup(running, 'SIGTERM');
			await ended;
			clearTimeout(kill);
		},

		/** At once, for the last moment of our own process. */
		kill() {
			stopping = true;
			if (child !== null) signalGroup(child, 'SIGKILL');
		}
	};
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
	try {
		if (process.platform === 'win32' || child.pid === undefined) child.kill(signal);
		else process.kill(-child.pid, signal);
	} catch {
		// It ended in this moment.
	}
}
