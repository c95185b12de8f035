import { error } from '@sveltejs/kit';
import { sameText } from '#lib/server/auth/signed-cookies.ts';
import { isLoopback } from '#lib/server/http/loopback.ts';
import type { RequestHandler } from './$types';

/**
 * For Prometheus. With METRICS_TOKEN it must be shown as a bearer token; without one this machine alone may
 * read, and only where no proxy stands in front, since the proxy itself is on this machine.
 */
export const GET: RequestHandler = async ({ locals, request, getClientAddress }) => {
	const { metrics, env } = locals.app;
	const token = env.METRICS_TOKEN;
	const mayRead =
		token === undefined
			? env.TRUSTED_PROXIES === 0 && isLoopback(getClientAddress())
			: sameText(request.headers.get('authorization') ?? '', `Bearer ${token}`);
	if (!mayRead) error(404, { code: 'not_found', message: 'Not found' });
	return new Response(await metrics.text(), {
		headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' }
	});
};
