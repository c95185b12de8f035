import { z } from 'zod';
import { EVENTS_PER_PAGE } from '#lib/server/events/desk-lists.ts';
import { signedIn } from '#lib/server/http/desk-place.ts';
import type { PageServerLoad } from './$types';

/** What is wrong in an address falls back to the list's own order, instead of an error page. */
const asked = z.object({
	q: z.string().trim().max(100).catch(''),
	sort: z.enum(['name', 'date', 'created']).catch('created'),
	dir: z.enum(['asc', 'desc']).catch('desc'),
	page: z.coerce.number().int().min(1).max(100_000).catch(1)
});

export const load: PageServerLoad = async (request) => {
	const actor = signedIn(request);
	const { q, sort, dir, page } = asked.parse({
		q: '',
		...Object.fromEntries(request.url.searchParams)
	});
	const { rows, total } = await request.locals.app.organise.lists.events(actor, {
		search: q,
		sort,
		descending: dir === 'desc',
		page
	});
	return { list: rows, total, perPage: EVENTS_PER_PAGE, query: { q, sort, dir, page } };
};
