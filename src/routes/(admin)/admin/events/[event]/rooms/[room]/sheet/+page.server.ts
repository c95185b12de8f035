import { FLOOR } from '#lib/domain/language.ts';
import { actOf } from '#lib/server/http/desk-act.ts';
import { deskRoom } from '#lib/server/http/desk-place.ts';
import { INVITE_DAYS_MAX } from '#lib/server/people/invitations.ts';
import { inviteLink } from '../../../people/letters.ts';
import { dayText } from '../../../people/words.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

async function roomOf(request: RequestEvent) {
	const found = await deskRoom(request, request.params, 'room:people');
	const booths = await request.locals.app.events.booths(found.event.id, found.room.id);
	return { ...found, booths: booths.filter(({ booth }) => booth.language !== FLOOR) };
}

export const load: PageServerLoad = async (request) => {
	const { room, booths } = await roomOf(request);
	return { room: { slug: room.slug, name: room.name }, booths: booths.length };
};

export const actions: Actions = {
	/** An invitation for each booth, for any number of interpreters; each can be withdrawn by itself. */
	default: async (request) => {
		const { app } = request.locals;
		const { booths } = await roomOf(request);
		const cards = [];
		for (const { scope, booth } of booths) {
			const made = await app.people.invitations.make(actOf(request), scope, {
				role: 'interpreter',
				label: m.people_sheet_label({ day: dayText(new Date()) }),
				...{ email: null, maxUses: null, days: INVITE_DAYS_MAX }
			});
			if (!made.ok) continue;
			const { expiresAt } = made.value;
			cards.push({ language: booth.language, link: inviteLink(app, made.value), expiresAt });
		}
		return { cards };
	}
};
