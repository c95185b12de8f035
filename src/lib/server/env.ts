import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const url = z.url({ error: 'must be a URL such as http://localhost:8000' });
const secret = z.string().min(32, 'must have at least 32 characters');

/** Empty means "not set", as in `ADMIN_PASSWORD=` of an env file. */
const optional = <T extends z.ZodType>(type: T) =>
	z.preprocess((value) => (value === '' ? undefined : value), type.optional());

const schema = z
	.object({
		HOST: z.string().default('127.0.0.1'),
		PORT: port.default(8000),
		DATA_DIR: z.string().default('.data'),
		DATABASE_URL: optional(
			z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://, or be empty for PGlite')
		),
		PUBLIC_BASE_URL: optional(url),
		TLS_CERT: optional(z.string()),
		TLS_KEY: optional(z.string()),
		/** How many reverse proxies of ours stand in front; 0 means X-Forwarded-* is not believed. */
		TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
		ADMIN_PASSWORD: optional(z.string().min(8, 'must have at least 8 characters, or be empty')),
		JWT_SECRET: optional(secret),
		SECRET_KEY: optional(secret),
		/** One or several, separated by commas: the first encrypts, all decrypt. */
		API_KEY_ENCRYPTION_KEY: optional(z.string()),
		MEDIAMTX_WHIP_BASE: url.default('http://localhost:8889'),
		MEDIAMTX_API_BASE: url.default('http://127.0.0.1:9997'),
		MEDIAMTX_RTSP_BASE: url.default('rtsp://127.0.0.1:8554'),
		/** Outgoing mail, such as smtp://user:password@mail.example.org:587; empty: mail is off. */
		SMTP_URL: optional(z.string().regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://')),
		MAIL_FROM: optional(z.string()),
		/** Who may make an account: everybody, people who hold an invitation, or super admins alone. */
		REGISTRATION: z.enum(['open', 'invite', 'off']).default('invite'),
		/** Shared with the caption workers; whoever has it gets the providers' keys. */
		WORKER_SECRET: optional(z.string().min(16, 'must have at least 16 characters')),
		MAX_TOTAL_WORKERS: z.coerce.number().int().min(0).default(10),
		/** Opens /metrics to Prometheus; without it this machine alone may read them. */
		METRICS_TOKEN: optional(z.string().min(16, 'must have at least 16 characters')),
		LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info')
	})
	.refine((env) => (env.TLS_CERT === undefined) === (env.TLS_KEY === undefined), {
		path: ['TLS_CERT'],
		error: 'TLS_CERT and TLS_KEY go together'
	})
	.refine((env) => env.SMTP_URL === undefined || env.MAIL_FROM !== undefined, {
		path: ['MAIL_FROM'],
		error: 'must be set with SMTP_URL: the address mail comes from'
	});

export type Env = z.infer<typeof schema> & { readonly PUBLIC_BASE_URL: string };

export class EnvFault extends Error {
	override readonly name = 'EnvFault';
}

/**
 * Reads the whole environment once.
 *
 * @throws EnvFault whose message has one line for every fault, so that all can be mended in one go.
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
	const parsed = schema.safeParse(source);
	if (!parsed.success) {
		const faults = parsed.error.issues.map(
			(issue) => `  ${issue.path.join('.')}: ${issue.message}`
		);
		throw new EnvFault(`The environment has ${faults.length} fault(s):\n${faults.join('\n')}`);
	}
	const env = parsed.data;
	const scheme = env.TLS_CERT === undefined ? 'http' : 'https';
	return { ...env, PUBLIC_BASE_URL: env.PUBLIC_BASE_URL ?? `${scheme}://localhost:${env.PORT}` };
}
