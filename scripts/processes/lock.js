import {
	closeSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
	writeSync
} from 'node:fs';
import path from 'node:path';
import { errorCode, Fault } from '../fault.js';
import { identityOf, isRunning } from './identity.js';

/** @typedef {import('./identity.js').ProcessIdentity} ProcessIdentity */
/** @typedef {{ owner: ProcessIdentity, parts: ProcessIdentity[] }} LockContent */
/**
 * @typedef {object} Lock
 * @property {(parts: number[]) => void} remember writes down the processes that must not outlive us
 * @property {() => void} release
 */

const FILE = 'start.lock';
/** The portal drains for up to 10 s. */
export const STOP_GRACE_MS = 11_000;

/**
 * Takes the data folder for this start. What an earlier one left running (it was killed, so that it could not
 * stop its own) is ended first.
 *
 * @param {string} folder
 * @param {(text: string) => void} say
 * @returns {Promise<Lock>}
 * @throws {Fault} when another start is running on the folder
 */
export async function lockForStart(folder, say) {
	const file = path.join(folder, FILE);
	/** @type {LockContent} */
	const content = { owner: identityOf(process.pid), parts: [] };
	while (!create(file, content)) {
		const left = read(file);
		if (left && left.owner.pid !== process.pid && isRunning(left.owner))
			throw new Fault(
				`VoxBento is running already on the data folder ${folder} (process ${left.owner.pid}). Stop that one first (Ctrl-C in its terminal, or: kill ${left.owner.pid}), or name another folder with --data.`
			);
		const orphans = (left?.parts ?? []).filter(isRunning);
		if (orphans.length > 0) say('Ending what an earlier start left running …');
		await Promise.all(orphans.map(end));
		rmSync(file, { force: true });
	}
	return {
		remember(pids) {
			content.parts = pids.map(identityOf);
			// Renamed into place: a reader never sees half a file.
			writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600 });
			renameSync(`${file}.new`, file);
		},
		release: () => rmSync(file, { force: true })
	};
}

/**
 * @param {string} file
 * @param {LockContent} content
 * @returns {boolean} false when the file is there already
 */
function create(file, content) {
	try {
		const handle = openSync(file, 'wx', 0o600);
		writeSync(handle, JSON.stringify(content));
		closeSync(handle);
		return true;
	} catch (error) {
		if (errorCode(error) === 'EEXIST') return false;
		throw error;
	}
}

/**
 * @param {string} file
 * @returns {LockContent | null}
 */
function read(file) {
	try {
		const content = JSON.parse(readFileSync(file, 'utf8'));
		return typeof content?.owner?.pid === 'number' ? content : null;
	} catch {
		return null; // gone in the meantime, or cut short by a crash: nobody holds it
	}
}

/** @param {ProcessIdentity} orphan */
async function end(orphan) {
	signal(orphan, 'SIGTERM');
	const until = Date.now() + STOP_GRACE_MS;
	while (isRunning(orphan)) {
		if (Date.now() > until) signal(orphan, 'SIGKILL');
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

/**
 * To the whole group, which each part leads.
 *
 * @param {ProcessIdentity} to
 * @param {NodeJS.Signals} name
 */
function signal({ pid }, name) {
	try {
		process.kill(process.platform === 'win32' ? pid : -pid, name);
	} catch {
		// It ended by itself in this moment.
	}
}
