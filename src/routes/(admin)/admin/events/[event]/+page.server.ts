import { can } from '#lib/domain/access/policy.ts';
import { liveBooth } from '#lib/server/events/live-booths.ts';
import { deskEvent } from '#lib/server/http/desk-place.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (request) => {
	const { locals, params } = request;
	const { app, actor } = locals;
	request.depends('desk:live');
	const event = await deskEvent(request, params.event, 'event:view', 'somewhere');
	const [found, settings] = await Promise.all([
		app.events.booths(event.id),
		app.organise.settings(event.id)
	]);
	return {
		booths: found
			.filter(({ scope }) => can(actor, 'booth:view', scope))
			.map((booth) => liveBooth(app, booth)),
		dates: { startsOn: settings?.startsOn ?? null, endsOn: settings?.endsOn ?? null },
		now: Date.now(),
		mediaOk: app.reconciler.mediaOk()
	};
};
