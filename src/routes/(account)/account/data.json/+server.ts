import { exportOwnData } from '#lib/server/accounts/own-data.ts';
import { ownAccount } from '#lib/server/http/own-account.ts';
import type { RequestHandler } from './$types';

/** All that is kept about the account of whoever asks. */
export const GET: RequestHandler = async (event) => {
	const profile = await ownAccount(event);
	const data = await exportOwnData(event.locals.app.db, profile.id);
	return new Response(JSON.stringify(data, null, '\t'), {
		headers: {
			'content-type': 'application/json',
			'content-disposition': 'attachment; filename="voxbento-account.json"',
			'cache-control': 'private, no-store'
		}
	});
};
