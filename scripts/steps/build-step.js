import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sourceFingerprint } from './fingerprint.js';
import { mustRun } from './run.js';

/** Written last by a build that came to its end; holds the fingerprint of what it was made from. */
export const BUILD_STAMP = 'build/.fingerprint';

/** @param {string} root */
export function isBuilt(root) {
	try {
		return readFileSync(path.join(root, BUILD_STAMP), 'utf8') === sourceFingerprint(root);
	} catch {
		return false;
	}
}

/**
 * Builds pages and workers when they are missing or older than the sources.
 *
 * @param {string} root
 * @param {(text: string) => void} say
 */
export async function ensureBuilt(root, say) {
	if (isBuilt(root)) return;
	say('Building pages and workers (about half a minute, only after a change) …');
	await mustRun('The build', process.execPath, [path.join(root, 'scripts', 'build.js')], {
		cwd: root
	});
}
