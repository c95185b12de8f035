import { availableParallelism, hostname } from 'node:os';
import { z } from 'zod';
import { ok, refuse, type Result } from '#lib/domain/result.ts';

const unset = <T extends z.ZodType>(type: T) =>
	z.preprocess((value) => (value === '' ? undefined : value), type);

const schema = z.object({
	/** Where the portal answers, as this machine reaches it. */
	PORTAL_URL: unset(z.url().default('http://127.0.0.1:8000')),
	/** Shared with the portal; whoever has it gets the providers' keys. */
	WORKER_SECRET: z.string({ error: 'must be set, to the same as the portal has' }).min(16),
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

export type WorkerEnv = z.infer<typeof schema>;

/** Refusal `env_invalid` has one line for every fault. */
export function readEnv(
	source: Readonly<Record<string, string | undefined>>
): Result<WorkerEnv, 'env_invalid'> {
	const parsed = schema.safeParse(source);
	if (parsed.success) return ok(parsed.data);
	const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
	return refuse('env_invalid', `The worker's environment is not right:\n${faults.join('\n')}`);
}
