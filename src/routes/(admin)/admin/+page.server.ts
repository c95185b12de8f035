import { signedIn } from '#lib/server/http/desk-place.ts';
import type { PageServerLoad } from './$types';

const MINE_SHOWN = 6;
const ON_AIR_SHOWN = 50;

export const load: PageServerLoad = async (request) => {
	const actor = signedIn(request);
	request.depends('desk:live');
	const { lists } = request.locals.app.organise;
	const [onAir, mine] = await Promise.all([
		lists.onAir(actor, ON_AIR_SHOWN),
		lists.mine(actor, MINE_SHOWN)
	]);
	return { onAir, mine, now: Date.now(), mediaOk: request.locals.app.reconciler.mediaOk() };
};
