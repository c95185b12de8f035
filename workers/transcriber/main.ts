import { pino } from 'pino';
import { readEnv } from './env.ts';
import { fetchMissing } from './models/fetch-missing.ts';
import { modelStore } from './models/store.ts';
import { speechProviders } from './providers/registry.ts';
import { startTranscriber } from './transcriber.ts';

/** Entry of the caption worker: reads the environment, serves the portal, and goes in order when asked to. */
const env = readEnv(process.env);
if (!env.ok) {
	process.stderr.write(`${env.error.message}\n`);
	process.exit(1);
}
const { PORTAL_URL, WORKER_SECRET, WORKER_CAPACITY, WORKER_NAME, STT_FETCH, LOG_LEVEL } = env.value;
const log = pino({ level: LOG_LEVEL, base: { process: 'transcriber' } });

const store = modelStore();
const transcriber = startTranscriber({
	portal: PORTAL_URL.replace(/\/$/, ''),
	secret: WORKER_SECRET,
	name: `${WORKER_NAME} ${process.pid}`,
	version: '1',
	capacity: WORKER_CAPACITY,
	providers: speechProviders(store),
	log
});

// Channels whose model is missing say so meanwhile, and look again every half minute.
void fetchMissing(STT_FETCH, store, log);

let stopping = false;
const stop = (signal: string): void => {
	if (stopping) return;
	stopping = true;
	log.info({ signal }, 'transcriber stops');
	void transcriber.stop().finally(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
