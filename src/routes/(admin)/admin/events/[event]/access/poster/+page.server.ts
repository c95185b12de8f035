import { redirect } from '@sveltejs/kit';
import { deskEvent } from '#lib/server/http/desk-place.ts';
import type { PageServerLoad } from './$types';

/** Hangs at the door: everything a listener needs, and nothing else. */
export const load: PageServerLoad = async (request) => {
	const { app } = request.locals;
	const event = await deskEvent(request, request.params.event, 'event:access');
	const settings = await app.people.listenerDoor.settings(event.id);
	if (settings.access === 'invite') redirect(303, `/admin/events/${event.slug}/access`);
	const code = settings.access === 'code' ? settings.code : null;
	const link = new URL(`/listener/${event.slug}`, app.env.PUBLIC_BASE_URL);
	if (code !== null) link.searchParams.set('code', code);
	const { host } = new URL(app.env.PUBLIC_BASE_URL);
	return { code, link: link.href, address: host, rotates: settings.everyHours !== null };
};
