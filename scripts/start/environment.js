import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/**
 * The environment with what stands in `.env` beneath it: a variable that is set for this one call wins.
 *
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(root) {
	try {
		return { ...parseEnv(readFileSync(path.join(root, '.env'), 'utf8')), ...process.env };
	} catch {
		return { ...process.env }; // there need not be a file
	}
}
