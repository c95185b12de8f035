import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The data folder cannot be used; the message says what to do and is meant for a terminal. */
export class DataDirFault extends Error {
	override readonly name = 'DataDirFault';
}

function reason(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: it lives, but belongs to somebody else.
		return reason(error) === 'EPERM';
	}
}

/**
 * Takes the data folder for this process: PGlite would let a second one in, and the two would never see
 * each other's rows.
 *
 * @returns a function that gives the folder back.
 * @throws DataDirFault when the folder cannot be made or written, or another process holds it.
 */
export function lockDataDir(dir: string): () => void {
	const file = join(dir, 'portal.lock');
	try {
		mkdirSync(dir, { recursive: true, mode: 0o700 });
		for (;;) {
			try {
				const handle = openSync(file, 'wx', 0o600);
				writeSync(handle, String(process.pid));
				closeSync(handle);
				return () => rmSync(file, { force: true });
			} catch (error) {
				if (reason(error) !== 'EEXIST') throw error;
			}
			const pid = Number(readFileSync(file, 'utf8'));
			if (pid > 0 && pid !== process.pid && isAlive(pid))
				throw new DataDirFault(
					`The data folder ${dir} is in use by process ${pid}. Stop that one first, or give this one another folder with DATA_DIR.`
				);
			// Left behind by a process that was killed.
			rmSync(file, { force: true });
		}
	} catch (error) {
		if (error instanceof DataDirFault) throw error;
		throw new DataDirFault(
			`The data folder ${dir} cannot be written (${reason(error) ?? String(error)}). Make it writable, or name another one with DATA_DIR.`,
			{ cause: error }
		);
	}
}

/** A random secret that lives in the data folder and is made at first use; 64 hexadecimal digits. */
export function persistentSecret(dir: string, name: string): { secret: string; isNew: boolean } {
	const file = join(dir, name);
	try {
		return { secret: readFileSync(file, 'utf8').trim(), isNew: false };
	} catch (error) {
		if (reason(error) !== 'ENOENT') throw error;
	}
	const secret = randomBytes(32).toString('hex');
	const handle = openSync(file, 'wx', 0o600);
	writeSync(handle, secret);
	closeSync(handle);
	return { secret, isNew: true };
}
