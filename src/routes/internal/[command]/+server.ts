import { error, json } from '@sveltejs/kit';
import { isLoopback } from '#lib/server/http/loopback.ts';
import { sameText } from '#lib/server/auth/signed-cookies.ts';
import { runCommand } from '#lib/server/commands.ts';
import type { RequestHandler } from './$types';

/**
 * What `npm run events` and its like talk to, since only the portal may open the database.
 * Needs the key in the data folder and a caller on this machine.
 */
export const POST: RequestHandler = async ({ params, request, locals, getClientAddress }) => {
	const given = request.headers.get('authorization') ?? '';
	if (!isLoopback(getClientAddress()) || !sameText(given, `Bearer ${locals.app.localKey}`))
		error(404, { code: 'not_found', message: 'Not found' });
	const answer = await runCommand(locals.app, params.command, await request.json());
	return json(answer, { status: answer.ok ? 200 : 400 });
};
