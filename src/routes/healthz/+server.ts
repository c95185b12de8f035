import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals }) => {
	const health = await locals.app.health();
	return json(health, {
		status: health.ok ? 200 : 503,
		headers: { 'cache-control': 'no-store' }
	});
};
