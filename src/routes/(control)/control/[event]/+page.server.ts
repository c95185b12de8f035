import { deskEvent } from '#lib/server/http/desk-place.ts';
import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	const event = await deskEvent(request, request.params.event, 'room:coordinate', 'somewhere');
	if (request.params.event !== event.slug) redirect(307, `/control/${event.slug}`);
	return { event: { slug: event.slug, name: event.name } };
};
