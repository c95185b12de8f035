import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** Whether a load balancer should send people here: not while starting, draining or without a database. */
export const GET: RequestHandler = async ({ locals }) => {
	const readiness = await locals.app.readiness();
	return json(readiness, {
		status: readiness.ready ? 200 : 503,
		headers: { 'cache-control': 'no-store' }
	});
};
