// `npm run token -- read|publish|api [PATH]`: a short-lived token of the media server and where to use it.
import { command, Fault } from './fault.js';
import { ROOT } from './setup.js';
import { environment } from './start/environment.js';
import { askPortal, localPortal } from './start/local-endpoint.js';
import { requireNodeVersion } from './steps/node-version.js';

const USAGE = `Usage: npm run token -- read PATH      to listen to a channel
       npm run token -- publish PATH   to send to a channel, for 30 s
       npm run token -- api            for the media server's control API
PATH is as npm run events lists it, for example demo/en or demo/floor.`;

requireNodeVersion();
await command(async () => {
	const [action, path] = process.argv.slice(2);
	const known = action === 'api' || action === 'read' || action === 'publish';
	if (!known || (action !== 'api' && path === undefined)) throw new Fault(USAGE);
	/** @type {Record<string, string | number>} */
	const answer = await askPortal(localPortal(environment(ROOT), ROOT), 'token', { action, path });
	const width = Math.max(...Object.keys(answer).map((key) => key.length));
	for (const [key, value] of Object.entries(answer)) {
		const shown = key === 'expiresAt' ? new Date(Number(value)).toISOString() : value;
		console.log(`${key.padEnd(width)}  ${shown}`);
	}
});
