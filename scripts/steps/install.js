import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../fault.js';
import { mustRun } from './run.js';

/** @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lockfile */

/**
 * Whether what is installed is what the lock file asks for. npm keeps its own record of what it put into
 * node_modules and writes it last, so an install that was cut short, or one for an older lock file, shows.
 *
 * @param {Lockfile} wanted package-lock.json
 * @param {Lockfile | null} installed node_modules/.package-lock.json
 */
export function isInstalled(wanted, installed) {
	if (installed === null) return false;
	return Object.entries(wanted.packages ?? {}).every(([place, { version, optional }]) => {
		if (place === '') return true;
		const found = installed.packages?.[place];
		// Optional packages are there for one platform and not for another.
		return found === undefined ? optional === true : found.version === version;
	});
}

/**
 * Installs the packages when they are missing or older than the lock file.
 *
 * @param {string} root
 * @param {(text: string) => void} say
 */
export async function ensureInstalled(root, say) {
	const wanted = readJson(path.join(root, 'package-lock.json'));
	if (wanted === null)
		throw new Fault(`${root} has no package-lock.json: this is not a whole clone of VoxBento.`);
	if (isInstalled(wanted, readJson(path.join(root, 'node_modules', '.package-lock.json')))) return;
	say('Installing packages from the npm registry (a minute or two, only this once) …');
	// Building needs the development packages, also where NODE_ENV says production.
	const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
	const [command, ...before] = npm();
	await mustRun('npm ci', command, [...before, ...args], {
		cwd: root,
		show: true,
		shell: process.platform === 'win32'
	});
}

/**
 * npm as it was used to start us, else the one on the PATH.
 *
 * @returns {[string, ...string[]]}
 */
function npm() {
	const entry = process.env['npm_execpath'];
	return entry && /npm-cli\.c?js$/.test(entry) && existsSync(entry)
		? [process.execPath, entry]
		: ['npm'];
}

/**
 * @param {string} file
 * @returns {Lockfile | null}
 */
function readJson(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return null; // missing or cut short: either way it has to be made anew
	}
}
