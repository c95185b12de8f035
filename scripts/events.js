// `npm run events`: what is in the database, asked of the running portal. `--json` for programs.
import { command } from './fault.js';
import { ROOT } from './setup.js';
import { environment } from './start/environment.js';
import { askPortal, localPortal } from './start/local-endpoint.js';
import { requireNodeVersion } from './steps/node-version.js';

/** @typedef {{ slug: string, display_name: string, booths: { id: number, path: string }[] }} ListedEvent */

requireNodeVersion();
await command(async () => {
	/** @type {ListedEvent[]} */
	const events = await askPortal(localPortal(environment(ROOT), ROOT), 'events');
	if (process.argv.includes('--json')) return console.log(JSON.stringify(events, null, 2));
	if (events.length === 0) return console.log('There is no event yet.');
	for (const { slug, display_name, booths } of events) {
		console.log(`${slug}  ${display_name}`);
		for (const { id, path } of booths) console.log(`  booth ${String(id).padEnd(5)} ${path}`);
	}
});
