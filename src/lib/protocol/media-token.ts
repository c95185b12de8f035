import { z } from 'zod';

/**
 * The token that opens the media server: an ES256 JWT whose claim `mediamtx_permissions` lists what its
 * bearer may do. The claim has MediaMTX's name and shape, so one token serves either media server.
 */
export const MEDIA_TOKEN_ALGORITHM = 'ES256';
export const MEDIA_PERMISSIONS_CLAIM = 'mediamtx_permissions';
/** A token of another installation's purpose is refused; the media server is configured with the same two. */
export const MEDIA_TOKEN_ISSUER = 'voxbento';
export const MEDIA_TOKEN_AUDIENCE = 'media';

export const mediaActionSchema = z.enum(['publish', 'read', 'playback', 'api', 'metrics', 'pprof']);
export type MediaAction = z.infer<typeof mediaActionSchema>;

/**
 * `path` counts for publish, read and playback: exact, or a regular expression after `~`, or any path when
 * empty or absent. The expression is not anchored by itself (as in MediaMTX): write `~^event/`.
 */
export const mediaPermissionSchema = z.strictObject({
	action: mediaActionSchema,
	path: z.string().max(512).optional()
});
export type MediaPermission = z.infer<typeof mediaPermissionSchema>;

const permissionsSchema = z.array(mediaPermissionSchema).max(64);

/** MediaMTX takes the claim as an array or as a JSON string of one. */
const permissionsClaimSchema = z.union([
	permissionsSchema,
	z
		.string()
		.transform((text, context) => {
			try {
				return JSON.parse(text) as unknown;
			} catch {
				context.addIssue({ code: 'custom', message: 'not JSON' });
				return z.NEVER;
			}
		})
		.pipe(permissionsSchema)
]);

/** Times are seconds since 1970 (RFC 7519 NumericDate). `sub` becomes `user` in the control API. */
export const mediaTokenClaimsSchema = z.object({
	sub: z.string().optional(),
	iss: z.string().optional(),
	aud: z.union([z.string(), z.array(z.string())]).optional(),
	iat: z.number().optional(),
	nbf: z.number().optional(),
	/** Makes a publish token good for one session, at the embedded media server. */
	jti: z.string().max(128).optional(),
	exp: z.number(),
	[MEDIA_PERMISSIONS_CLAIM]: permissionsClaimSchema
});
export type MediaTokenClaims = z.infer<typeof mediaTokenClaimsSchema>;

/** Whether one of the permissions covers the action, and for publish, read and playback the path too. */
export function permits(
	permissions: readonly MediaPermission[],
	action: MediaAction,
	path: string
): boolean {
	return permissions.some((permission) => {
		if (permission.action !== action) return false;
		if (action !== 'publish' && action !== 'read' && action !== 'playback') return true;
		return pathMatches(permission.path ?? '', path);
	});
}

function pathMatches(pattern: string, path: string): boolean {
	if (pattern === '') return true;
	if (!pattern.startsWith('~')) return pattern === path;
	try {
		return new RegExp(pattern.slice(1)).test(path);
	} catch {
		return false; // a broken expression grants nothing
	}
}
