import { fail } from '@sveltejs/kit';
import type { App } from '#lib/server/app.ts';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import { parseSlug } from '#lib/domain/slug.ts';
import type { By } from '#lib/server/events/changes.ts';
import type { MadeEvent } from '#lib/server/events/organise-events.ts';
import { by, deskPlatform, field } from '#lib/server/http/desk-place.ts';
import { isStep, STEPS, type Draft, type Step } from './draft.ts';
import { judgeStep, plansOf, readDraft, type DraftFault } from './read-draft.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (request) => {
	deskPlatform(request, 'event:create');
	return { zones: Intl.supportedValuesOf('timeZone') };
};

const INVITE_MS = 14 * 24 * 3600 * 1000;
/** Tablet, phone and a second try: a link that works once strands people who change their device. */
const INVITE_USES = 3;

const answer = (
	step: Step,
	draft: Draft,
	fault: DraftFault | null = null,
	made: Made | null = null
) => ({
	step,
	draft,
	fault,
	made
});

export const actions: Actions = {
	/** One step on or back; the last one makes everything at once. */
	default: async (request) => {
		deskPlatform(request, 'event:create');
		const { app } = request.locals;
		const form = await request.request.formData();
		const draft = readDraft(form);
		const from = field(form, 'step');
		const go = field(form, 'go');
		const step = isStep(from) ? from : 'event';
		const to = isStep(go) ? go : null;
		// Going back, or asking for more lines, is not held up by what is unfinished.
		if (to !== null && STEPS.indexOf(to) <= STEPS.indexOf(step)) return answer(to, draft);

		// What stands before was judged when it was sent, but a form can be sent by anybody.
		for (const each of to === null ? STEPS : STEPS.slice(0, STEPS.indexOf(to))) {
			const fault = judgeStep(draft, each);
			if (fault !== null) return fail(400, answer(each, draft, fault));
		}
		const slug = draft.slug.trim() === '' ? null : parseSlug(draft.slug);
		if (slug?.ok && !(await app.organise.isFree(slug.value)))
			return fail(400, answer('event', draft, { code: 'slug_taken', at: null }));
		if (to !== null) return answer(to, draft);

		const rooms = plansOf(draft);
		if (!rooms.ok)
			return fail(400, answer('languages', draft, { code: rooms.error.code, at: null }));
		const who = by(request);
		const made = await app.organise.createEvent(
			{
				name: draft.name,
				slug: slug?.ok ? slug.value : null,
				timeZone: draft.timeZone,
				startsOn: draft.startsOn || null,
				endsOn: draft.endsOn || null,
				listenerAccess: draft.access,
				rooms: rooms.value
			},
			who
		);
		if (!made.ok) return fail(400, answer('event', draft, { code: made.error.code, at: null }));
		return answer('people', draft, null, await shareOf(app, made.value, draft, who));
	}
};

/** Everything that can be given away; the secrets of invitations are seen here and never again. */
type Made = {
	readonly slug: string;
	readonly name: string;
	readonly joinCode: string | null;
	readonly listener: string;
	readonly rooms: readonly {
		readonly name: string;
		readonly floor: string | null;
		readonly booths: readonly { readonly language: LanguageCode; readonly links: string[] }[];
	}[];
};

async function shareOf(app: App, made: MadeEvent, draft: Draft, who: By): Promise<Made> {
	const [booths, joinCode] = await Promise.all([
		app.events.booths(made.id),
		app.organise.joinCode(made.id)
	]);
	const base = app.env.PUBLIC_BASE_URL;
	const expiresAt = new Date(Date.now() + INVITE_MS);
	const createdBy = who.actor.kind === 'anonymous' ? null : who.actor.person;
	const link = async (place: {
		room: number;
		booth?: number;
		role: 'interpreter' | 'coordinator';
		label: string;
	}): Promise<string> => {
		const secret = await app.auth.invites.create({
			...place,
			event: made.id,
			maxUses: INVITE_USES,
			expiresAt,
			createdBy
		});
		await app.audit.record({
			...who,
			action: 'invite.made',
			scope: { event: made.id },
			target: place.label,
			details: { role: place.role }
		});
		return `${base}/join/${secret}`;
	};
	const rooms = [];
	for (const [index, { id }] of made.rooms.entries()) {
		const here = booths.filter(({ room }) => room.id === id);
		const voices = [];
		for (const { booth } of here.filter((each) => each.booth.language !== FLOOR)) {
			const links = [];
			for (let n = 1; n <= draft.interpreters; n++)
				links.push(
					await link({
						room: id,
						booth: booth.id,
						role: 'interpreter',
						label: `${booth.language} ${n}`
					})
				);
			voices.push({ language: booth.language, links });
		}
		rooms.push({
			name: draft.rooms[index] ?? '',
			floor: draft.technicians
				? await link({ room: id, role: 'coordinator', label: draft.rooms[index] ?? '' })
				: null,
			booths: voices
		});
	}
	return {
		slug: made.slug,
		name: draft.name.trim(),
		joinCode,
		listener: `${base}/listener/${made.slug}${joinCode === null ? '' : `?code=${joinCode}`}`,
		rooms
	};
}
