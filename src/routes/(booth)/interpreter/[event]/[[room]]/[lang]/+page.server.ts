import { error, redirect } from '@sveltejs/kit';
import { boothRole } from '#lib/domain/access/policy.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { floorPath } from '#lib/domain/media-path.ts';
import type { EventSchedule } from '#lib/protocol/schedule.ts';
import type { BoothPlace } from '../../../../place.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({
	locals,
	params,
	url
}): Promise<BoothPlace & { schedule: EventSchedule }> => {
	const { actor, app } = locals;
	if (actor.kind === 'anonymous')
		redirect(303, `/login?next=${encodeURIComponent(url.pathname + url.search)}`);

	const found = await app.events.booth({
		event: params.event,
		room: params.room ?? null,
		language: params.lang
	});
	// The floor is a channel, but nobody interprets into it.
	if (!found.ok || found.value.booth.language === FLOOR) error(404, 'There is no such booth.');
	const { event, room, booth, path, scope } = found.value;
	const role = boothRole(actor, scope);
	if (role === null) error(403, 'This booth is not open to you.');

	const canonical = room.main
		? `/interpreter/${event.slug}/${booth.language}`
		: `/interpreter/${event.slug}/${room.slug}/${booth.language}`;
	if (url.pathname !== canonical) redirect(307, canonical + url.search);

	return {
		event: { slug: event.slug, name: event.name },
		room: { slug: room.slug, name: room.name, main: room.main },
		language: booth.language,
		path,
		floorPath: floorPath(event.slug, room.main ? null : room.slug),
		may: { interpret: role === 'interpreter' },
		captioned: app.captions.status(booth.id).kind !== 'off',
		schedule: await app.organise.schedule.near(event.id)
	};
};
