import { by, deskEvent } from '#lib/server/http/desk-place.ts';
import type { RequestHandler } from './$types';

/** The event as a file to keep; no secrets, no people. */
export const GET: RequestHandler = async (request) => {
	const event = await deskEvent(request, request.params.event, 'event:manage');
	const file = await request.locals.app.organise.exportEvent(event, by(request));
	return new Response(`${JSON.stringify(file, null, '\t')}\n`, {
		headers: {
			'content-type': 'application/json; charset=utf-8',
			'content-disposition': `attachment; filename="${event.slug}.voxbento.json"`,
			'cache-control': 'private, no-store'
		}
	});
};
