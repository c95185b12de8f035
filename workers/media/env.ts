import { isIP } from 'node:net';
import { z } from 'zod';
import { ok, refuse, type Result } from '#lib/domain/result.ts';

export type HostPort = { readonly host: string; readonly port: number };

/** `127.0.0.1:8889`, `[::1]:8889`, `:8889` (every address, as MediaMTX writes it); port 0: any free one. */
const hostPortSchema = z.string().transform((text, context): HostPort => {
	const match = /^(?:\[([0-9a-f:]+)\]|([0-9.]*)|(localhost)):(\d{1,5})$/i.exec(text);
	const host = match?.[1] ?? (match?.[3] ? '127.0.0.1' : (match?.[2] ?? '')) ?? '';
	const port = Number(match?.[4]);
	if (!match || port > 65_535 || (host !== '' && isIP(host) === 0)) {
		context.addIssue({
			code: 'custom',
			message: 'must be an IP address and a port, like 127.0.0.1:8889'
		});
		return z.NEVER;
	}
	return { host: host === '' ? '0.0.0.0' : host, port };
});

const listSchema = z.string().transform((text) =>
	text
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '')
);

const emptyAsUnset = (value: unknown) => (value === '' ? undefined : value);
const optionalText = z.preprocess(emptyAsUnset, z.string().optional());

const schema = z.object({
	MEDIA_HTTP_ADDRESS: z.preprocess(emptyAsUnset, hostPortSchema.prefault('127.0.0.1:8889')),
	MEDIA_ICE_ADDRESS: z.preprocess(
		emptyAsUnset,
		// libdatachannel takes lower ones for "any port".
		hostPortSchema
			.refine(({ port }) => port === 0 || port > 1024, { error: 'needs a port above 1024' })
			.prefault('127.0.0.1:8189')
	),
	MEDIA_RTSP_ADDRESS: z.preprocess(emptyAsUnset, hostPortSchema.prefault('127.0.0.1:8554')),
	MEDIA_API_ADDRESS: z.preprocess(emptyAsUnset, hostPortSchema.prefault('127.0.0.1:9997')),
	MEDIA_JWKS_URL: z.preprocess(
		emptyAsUnset,
		z
			.url({ protocol: /^https?$/, error: 'must be an http(s) URL of a key set' })
			.prefault('http://127.0.0.1:8000/.well-known/jwks.json')
	),
	MEDIA_JWT_ISSUER: optionalText,
	MEDIA_JWT_AUDIENCE: optionalText,
	MEDIA_DATA_DIR: z.preprocess(emptyAsUnset, z.string().prefault('.data')),
	MEDIA_ADDITIONAL_HOSTS: z.preprocess(
		emptyAsUnset,
		listSchema
			.refine((hosts) => hosts.every((host) => isIP(host) !== 0), {
				error: 'must be IP addresses separated by commas'
			})
			.prefault('')
	),
	MEDIA_ALLOW_ORIGINS: z.preprocess(emptyAsUnset, listSchema.prefault('*')),
	MEDIA_TLS_CERT: optionalText,
	MEDIA_TLS_KEY: optionalText,
	MEDIA_MAX_SESSIONS: z.preprocess(
		emptyAsUnset,
		z.coerce.number().int().min(1).max(100_000).prefault(5000)
	),
	LOG_LEVEL: z.preprocess(
		emptyAsUnset,
		z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).prefault('info')
	)
});

export type MediaEnv = z.infer<typeof schema>;

/** Reads the environment; every fault is in the one message. */
export function readEnv(source: Readonly<Record<string, string | undefined>>): Result<MediaEnv> {
	const parsed = schema.safeParse(source);
	const faults = (parsed.error?.issues ?? []).map(
		(issue) => `${issue.path.join('.')} ${issue.message}`
	);
	if (Boolean(source['MEDIA_TLS_CERT']) !== Boolean(source['MEDIA_TLS_KEY']))
		faults.push('MEDIA_TLS_CERT and MEDIA_TLS_KEY go together: give both files or none');
	if (parsed.success && faults.length === 0) return ok(parsed.data);
	return refuse('env_invalid', `The environment is not usable:\n  ${faults.join('\n  ')}`);
}
