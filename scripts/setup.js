// Makes a fresh clone ready to run: `node scripts/setup.js`. The other commands take the same steps by themselves.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './fault.js';
import { ensureBuilt } from './steps/build-step.js';
import { ensureInstalled } from './steps/install.js';
import { requireNodeVersion } from './steps/node-version.js';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
	requireNodeVersion();
	await command(async () => {
		await ensureInstalled(ROOT, console.log);
		await ensureBuilt(ROOT, console.log);
		console.log('Ready. Start with: npm start');
	});
}
