/**
 * The token of a request, found where MediaMTX looks for it: `Authorization: Bearer`, the password of
 * `Authorization: Basic` (RTSP clients know nothing else), null when there is none.
 */
export function tokenFromAuthorization(header: string | undefined): string | null {
	const match = /^(Bearer|Basic) +(\S+)$/i.exec(header ?? '');
	const value = match?.[2];
	if (value === undefined) return null;
	if (match?.[1]?.toLowerCase() === 'bearer') return value;
	const [, ...password] = Buffer.from(value, 'base64').toString('utf8').split(':');
	return password.length === 0 ? null : password.join(':');
}

/** `?token=` or the older `?jwt=`, for RTSP, where a URL is often all a client can be given. */
export function tokenFromQuery(query: string): string | null {
	const parameters = new URLSearchParams(query);
	return parameters.get('token') ?? parameters.get('jwt');
}
