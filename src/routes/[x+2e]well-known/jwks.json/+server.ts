import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** Public keys of the media tokens (RFC 7517). Anybody may read them; the media servers do. */
export const GET: RequestHandler = async ({ locals }) =>
	json(await locals.app.signingKeys.keySet(), {
		headers: {
			'content-type': 'application/jwk-set+json',
			// Short, so that a rotated key is seen soon; served on when the portal is away for a moment.
			'cache-control': 'public, max-age=60, stale-if-error=86400'
		}
	});
