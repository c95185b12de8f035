import { canSomewhereIn, type Permission } from '#lib/domain/access/policy.ts';
import { deskEvent } from '#lib/server/http/desk-place.ts';
import { redirect } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

/** What the navigation and the pages of an event ask about; a page's own guard is asked again on the server. */
const SHOWN = [
	'event:manage',
	'event:people',
	'room:people',
	'event:access',
	'event:providers',
	'event:audit',
	'captions:configure',
	'transcript:read',
	'booth:coordinate'
] as const satisfies readonly Permission[];

export const load: LayoutServerLoad = async (request) => {
	const { locals, params, url } = request;
	const event = await deskEvent(request, params.event, 'event:view', 'somewhere');
	// Slugs are found in any case, but a page has one address.
	if (params.event !== event.slug)
		redirect(308, url.pathname.replace(params.event, event.slug) + url.search);
	const rooms = await locals.app.events.rooms(event.id);
	const may = Object.fromEntries(
		SHOWN.map((permission) => [permission, canSomewhereIn(locals.actor, permission, event.id)])
	) as Record<(typeof SHOWN)[number], boolean>;
	return {
		event: { slug: event.slug, name: event.name, listenerAccess: event.listenerAccess },
		rooms: rooms.map(({ room: { slug, name, main } }) => ({ slug, name, main })),
		may
	};
};
