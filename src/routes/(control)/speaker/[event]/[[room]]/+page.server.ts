import { error, redirect } from '@sveltejs/kit';
import { can } from '#lib/domain/access/policy.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { actor, app } = locals;
	if (actor.kind === 'anonymous')
		redirect(303, `/login?next=${encodeURIComponent(url.pathname + url.search)}`);
	const found = await app.events.room(params.event, params.room ?? null);
	if (!found.ok) error(404, 'There is no such room.');
	const { event, room, scope } = found.value;
	if (!can(actor, 'event:view', scope)) error(403, 'This page is not open to you.');
	const canonical = room.main ? `/speaker/${event.slug}` : `/speaker/${event.slug}/${room.slug}`;
	if (url.pathname !== canonical) redirect(307, canonical + url.search);
	return {
		event: { slug: event.slug, name: event.name },
		room: { slug: room.slug, name: room.name, main: room.main }
	};
};
