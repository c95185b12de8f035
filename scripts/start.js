// `npm start`: installs and builds what is missing, starts everything, prints the links.
import { requireNodeVersion } from './steps/node-version.js';

requireNodeVersion();
const { start } = await import('./start/run.js');
await start('built');
