import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorCode, Fault } from '../fault.js';

/**
 * A portal that runs on this machine, and the data folder its key lies in.
 *
 * @typedef {{ dataFolder: string, portalUrl: string }} LocalPortal
 */

/**
 * The portal that the environment (and .env) speaks of, for commands of a second terminal.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root
 * @returns {LocalPortal}
 */
export function localPortal(env, root) {
	return {
		dataFolder: path.resolve(root, env['DATA_DIR'] || '.data'),
		portalUrl: `http://127.0.0.1:${env['PORT'] || 8000}`
	};
}

/**
 * Has the running portal carry out a command: only it may open the database.
 *
 * @template T what this command answers; the portal's word is taken for it
 * @param {LocalPortal} portal
 * @param {string} name
 * @param {object} [input]
 * @returns {Promise<T>}
 * @throws {Fault} when no portal answers, or it refuses
 */
export async function askPortal({ dataFolder, portalUrl }, name, input = {}) {
	const response = await fetch(`${portalUrl}/internal/${name}`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			authorization: `Bearer ${localKey(dataFolder)}`,
			// Behind a proxy of ours the portal asks for these; without one it does not look at them.
			'x-forwarded-for': '127.0.0.1',
			'x-forwarded-proto': 'http',
			'x-forwarded-host': new URL(portalUrl).host
		},
		body: JSON.stringify(input)
	}).catch(() => {
		throw new Fault(
			`No portal answers at ${portalUrl}. Start it with npm start, or say where it listens with PORT.`
		);
	});
	if (response.status === 404)
		throw new Fault(
			`The portal at ${portalUrl} does not know the key in ${dataFolder}. Name its data folder with DATA_DIR.`
		);
	const answer = await response.json();
	if (!answer.ok)
		throw new Fault(answer.error?.message ?? `The portal answered ${response.status}.`);
	return answer.value;
}

/** @param {string} dataFolder */
function localKey(dataFolder) {
	try {
		return readFileSync(path.join(dataFolder, 'local.key'), 'utf8').trim();
	} catch (error) {
		throw new Fault(
			`There is no readable key of a portal in ${dataFolder} (${errorCode(error)}). Start the portal there first, or name its data folder with DATA_DIR.`
		);
	}
}
