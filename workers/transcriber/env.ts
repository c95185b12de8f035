import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { ok, refuse, type Result } from '#lib/domain/result.ts';

const unset = <T extends z.ZodType>(type: T) =>
	z.preprocess((value) => (value === '' ? undefined : value), type);

const schema = z.object({
	/** Where the portal answers, as this machine reaches it. */
	PORTAL_URL: unset(z.url().default('http://127.0.0.1:8000')),
	/** Shared with the portal; whoever has it gets the providers' keys. */
	WORKER_SECRET: unset(z.string().min(16, 'must have at least 16 characters').optional()),
	/** Where a portal on this machine keeps the secret it made when none was set. */
	DATA_DIR: unset(z.string().default('.data')),
	/** Channels at once; a local model takes about an eighth of a core for each. */
	WORKER_CAPACITY: unset(
		z.coerce
			.number()
			.int()
			.min(1)
			.max(1_000)
			.default(availableParallelism() * 5)
	),
	WORKER_NAME: unset(z.string().max(200).default(hostname())),
	/** Models to have, separated by commas: those that are missing are fetched while the worker runs. */
	STT_FETCH: z
		.string()
		.default('')
		.transform((text) =>
			text
				.split(',')
				.map((name) => name.trim())
				.filter((name) => name !== '')
		),
	LOG_LEVEL: unset(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'))
});

export type WorkerEnv = z.infer<typeof schema> & { readonly WORKER_SECRET: string };

/** Refusal `env_invalid` has one line for every fault. */
export function readEnv(
	source: Readonly<Record<string, string | undefined>>
): Result<WorkerEnv, 'env_invalid'> {
	const parsed = schema.safeParse(source);
	if (parsed.success) {
		const secret = parsed.data.WORKER_SECRET ?? portalsSecret(parsed.data.DATA_DIR);
		if (secret !== null) return ok({ ...parsed.data, WORKER_SECRET: secret });
		return refuse(
			'env_invalid',
			`WORKER_SECRET is not set, and there is none in ${parsed.data.DATA_DIR}. Start the portal of this machine first, or set the same one for portal and worker.`
		);
	}
	const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
	return refuse('env_invalid', `The worker's environment is not right:\n${faults.join('\n')}`);
}

function portalsSecret(dataDir: string): string | null {
	try {
		return readFileSync(path.join(dataDir, 'worker.secret'), 'utf8').trim();
	} catch {
		return null;
	}
}
