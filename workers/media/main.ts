import { pino } from 'pino';
import { readEnv } from './env.ts';
import { ListenError, startMediaServer } from './media-server.ts';

/** Entry of the embedded media server: reads the environment, starts, and stops when asked to. */
const env = readEnv(process.env);
if (!env.ok) {
	process.stderr.write(`${env.error.message}\n`);
	process.exit(1);
}

const log = pino({ level: env.value.LOG_LEVEL, base: { process: 'media' } });

try {
	const server = await startMediaServer(env.value, log);
	let stopping = false;
	const stop = (signal: string) => {
		if (stopping) return;
		stopping = true;
		log.info({ signal }, 'media server stops');
		// Native threads may still be closing peers; nothing they do after this matters to anybody.
		void server.close().finally(() => process.exit(0));
	};
	process.on('SIGTERM', stop);
	process.on('SIGINT', stop);
	// Said at every log level: whoever starts this process waits for the line and needs the ports in it.
	pino({ base: { process: 'media' } }).info(server.addresses, 'media server ready');
} catch (error) {
	if (error instanceof ListenError) process.stderr.write(`${error.message}\n`);
	else log.fatal({ err: error }, 'media server failed');
	process.exit(1);
}
