import pino, { type Logger } from 'pino';

export type Log = Logger;

/** Paths that may carry a secret; what stands there is never written. */
const SECRET_PATHS = ['token', 'password', 'secret', 'cookie', 'authorization'].flatMap((name) => [
	name,
	`*.${name}`,
	`*.*.${name}`
]);

/**
 * Structured log, one JSON object a line on standard output.
 * error: a person must act · warn: a part failed and is being retried · info: at most about one line a
 * second · debug: everything else.
 */
export function createLog(level: string): Log {
	return pino({
		level,
		base: { service: 'portal' },
		redact: { paths: SECRET_PATHS, censor: '[redacted]' },
		timestamp: pino.stdTimeFunctions.isoTime
	});
}
