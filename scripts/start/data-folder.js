import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorCode, Fault } from '../fault.js';

/**
 * Makes the data folder usable. Only its last part is made where it is missing: a longer missing path is
 * a typing mistake or a disk that is not there, and a new empty database would hide that.
 *
 * @param {string} folder
 * @throws {Fault}
 */
export function prepareDataFolder(folder) {
	const parent = path.dirname(folder);
	if (!existsSync(folder) && !existsSync(parent))
		throw new Fault(
			`The data folder ${folder} does not exist, and neither does ${parent}. Make it with: mkdir -p '${folder}', or name another one with --data.`
		);
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		// Asking for the right to write tells root nothing about a read-only disk; writing does.
		const probe = path.join(folder, `.writable-${process.pid}`);
		writeFileSync(probe, '');
		rmSync(probe);
	} catch (error) {
		const isFile = existsSync(folder) && !statSync(folder).isDirectory();
		throw new Fault(
			isFile
				? `${folder} is a file and not a folder. Name another one with --data.`
				: `The data folder ${folder} cannot be written (${errorCode(error)}). Make it writable for this user, or name another one with --data.`
		);
	}
}

/**
 * The shared admin password: `ADMIN_PASSWORD` where it is set (empty: that login is off), else one made at the
 * first start and kept in the data folder.
 *
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ password: string, origin: 'environment' | 'new' | 'kept', file: string }}
 */
export function adminPassword(folder, env) {
	const file = path.join(folder, 'admin-password');
	const given = env['ADMIN_PASSWORD'];
	if (given !== undefined) return { password: given, origin: 'environment', file };
	try {
		return { password: readFileSync(file, 'utf8').trim(), origin: 'kept', file };
	} catch (error) {
		if (errorCode(error) !== 'ENOENT') throw error;
	}
	const password = readablePassword();
	writeFileSync(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
	return { password, origin: 'new', file };
}

/** Characters that cannot be taken for one another, in print or read aloud: 31. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Four groups of four, about 79 bits. */
function readablePassword() {
	const characters = Array.from({ length: 16 }, () => ALPHABET[randomInt(ALPHABET.length)]);
	return [0, 4, 8, 12].map((at) => characters.slice(at, at + 4).join('')).join('-');
}
