import { persistentSecret } from './data-dir.ts';
import type { Env } from './env.ts';
import type { Log } from './log.ts';

/** JWT_SECRET, else SECRET_KEY, else one made for this data folder. */
export function portalSecret(env: Env, log: Log): string {
	const given = env.JWT_SECRET ?? env.SECRET_KEY;
	if (given) return given;
	const { secret, isNew } = persistentSecret(env.DATA_DIR, 'portal.secret');
	if (isNew)
		log.info(`JWT_SECRET is not set; made one in ${env.DATA_DIR}/portal.secret. Keep that file.`);
	return secret;
}

/** WORKER_SECRET, else one made for this data folder, where a worker on this machine finds it. */
export function workerSecret(env: Env): string {
	return env.WORKER_SECRET ?? persistentSecret(env.DATA_DIR, 'worker.secret').secret;
}

/** API_KEY_ENCRYPTION_KEY may list several, so that keys can be replaced; without it the portal's secret serves. */
export function encryptionSecrets(env: Env, secret: string): [string, ...string[]] {
	const [first, ...others] = (env.API_KEY_ENCRYPTION_KEY ?? '')
		.split(',')
		.map((key) => key.trim())
		.filter((key) => key !== '');
	return first === undefined ? [secret] : [first, ...others];
}
