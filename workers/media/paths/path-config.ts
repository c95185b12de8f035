import { z } from 'zod';
import { ok, refuse, type Result } from '#lib/domain/result.ts';

/**
 * The part of MediaMTX's path configuration this server honours. Anything else is refused rather than
 * ignored: a `record: true` that records nothing would be a lie.
 */
const opusTrackSchema = z.strictObject({ codec: z.literal('Opus') });

export const pathConfigSchema = z.strictObject({
	source: z.literal('publisher').default('publisher'),
	/** Readers stay connected and hear silence while nobody publishes. */
	alwaysAvailable: z.boolean().default(false),
	alwaysAvailableTracks: z.array(opusTrackSchema).max(1).default([]),
	/** 0 is no limit. */
	maxReaders: z.int().min(0).max(1_000_000).default(0),
	/** Whether a newcomer takes over from whoever publishes. */
	overridePublisher: z.boolean().default(true),
	record: z.literal(false).default(false)
});
export type PathConfig = z.infer<typeof pathConfigSchema>;

export const DEFAULT_PATH_CONFIG: PathConfig = pathConfigSchema.parse({});

export type ConfigCode = 'config_invalid';

/** Lays the given keys over `base`; refuses unknown keys and combinations MediaMTX refuses. */
export function readPathConfig(
	given: unknown,
	base: PathConfig,
	name: string
): Result<PathConfig, ConfigCode> {
	if (typeof given !== 'object' || given === null || Array.isArray(given))
		return refuse('config_invalid', 'the body must be a JSON object');
	const { name: givenName, ...keys } = given as Record<string, unknown>;
	if (givenName !== undefined && givenName !== name)
		return refuse('config_invalid', 'the name in the body differs from the one in the URL');
	const parsed = pathConfigSchema.safeParse({ ...base, ...keys });
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		const where = issue?.path.join('.');
		return refuse('config_invalid', `${where ? `${where}: ` : ''}${issue?.message ?? 'invalid'}`);
	}
	if (parsed.data.alwaysAvailable && parsed.data.alwaysAvailableTracks.length === 0)
		return refuse('config_invalid', "'alwaysAvailableTracks' must be set with 'alwaysAvailable'");
	return ok(parsed.data);
}

const NAME = /^[0-9A-Za-z_\-/.~]+$/;
const NAME_MAX_LENGTH = 255;

/** MediaMTX's rule for static path names; wildcards (`~…`, `all_others`) are not supported here. */
export function checkPathName(name: string): Result<string, 'name_invalid'> {
	const wrong = nameFault(name);
	return wrong === null
		? ok(name)
		: refuse('name_invalid', `invalid path name '${name}': ${wrong}`);
}

function nameFault(name: string): string | null {
	if (name === '') return 'cannot be empty';
	if (name.length > NAME_MAX_LENGTH) return `can't be longer than ${NAME_MAX_LENGTH} characters`;
	if (name.startsWith('/')) return "can't begin with a slash";
	if (name.endsWith('/')) return "can't end with a slash";
	if (!NAME.test(name) || name.includes('//'))
		return 'can contain only alphanumeric characters, underscore, dot, minus, slash';
	if (name.split('/').some((segment) => segment === '.' || segment === '..'))
		return "can't contain dot path segments";
	if (name.startsWith('~') || name === 'all' || name === 'all_others')
		return 'wildcard paths are not supported by this server';
	return null;
}
