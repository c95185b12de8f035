// `npm run dev`: the same as `npm start`, but pages and workers follow their sources at once.
import { requireNodeVersion } from './steps/node-version.js';

requireNodeVersion();
const { start } = await import('./start/run.js');
await start('dev');
