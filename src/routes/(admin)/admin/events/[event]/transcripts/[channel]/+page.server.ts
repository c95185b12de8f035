import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { can, type Permission } from '#lib/domain/access/policy.ts';
import {
	SEGMENT_TEXT_MAX_LENGTH,
	SPEAKER_MAX_LENGTH,
	type CorrectionRefusal
} from '#lib/domain/captions/correction.ts';
import { EXPORT_FORMATS } from '#lib/domain/captions/export.ts';
import { boothId } from '#lib/domain/ids.ts';
import { parseLanguage } from '#lib/domain/language.ts';
import type { FoundBooth } from '#lib/server/events/events.ts';
import {
	deskEvent,
	forbidden,
	idFrom,
	notFound,
	type DeskRequest
} from '#lib/server/http/desk-place.ts';
import type { Actions, PageServerLoad } from './$types';

/** What a person typed that could not be stored, and why. */
type CorrectionProblem = {
	readonly seq: number;
	readonly base: number;
	readonly text: string;
	readonly speaker: string;
	readonly code: CorrectionRefusal;
};

const typed = z.object({
	seq: z.coerce.number().int().positive(),
	base: z.coerce.number().int().positive(),
	// Longer than anything that fits: what is too long is told, not cut.
	text: z.string().max(SEGMENT_TEXT_MAX_LENGTH * 10),
	speaker: z.string().max(SPEAKER_MAX_LENGTH * 10)
});

/** One channel to read, a page at a time, and one caption of it to put right. */
export const load: PageServerLoad = async (request) => {
	const { locals, url } = request;
	const { found } = await channel(request, 'transcript:read');
	const { captionSettings, glossary, transcripts } = locals.app;
	const translation = parseLanguage(url.searchParams.get('with') ?? '');
	const editing = numberFrom(url.searchParams.get('edit'));
	const mayCorrect = can(locals.actor, 'transcript:correct', found.scope);
	const from = url.searchParams.get('from');
	const booth = found.booth.id;
	const [[count], settings, stretches, page, versions, names, terms, spans] = await Promise.all([
		transcripts.counts([booth]),
		captionSettings.event(found.event.id),
		transcripts.stretches(booth),
		transcripts.page(booth, {
			from: from === 'end' ? 'end' : numberFrom(from),
			translation: translation.ok ? translation.value : null
		}),
		editing === null ? [] : transcripts.versions(booth, editing),
		editing === null ? [] : transcripts.speakers(booth),
		editing === null ? [] : glossary.list(found.event.id),
		transcripts.spans(found.event.id)
	]);
	return {
		channel: {
			id: booth,
			language: found.booth.language,
			room: found.room.name,
			count: count?.segments ?? 0,
			corrected: count?.corrected ?? 0,
			translations: count?.translations ?? []
		},
		timeZone: settings.timeZone,
		formats: EXPORT_FORMATS,
		spans,
		stretches,
		page,
		mayCorrect,
		editing: mayCorrect ? editing : null,
		saved: numberFrom(url.searchParams.get('saved')),
		translation: translation.ok ? translation.value : null,
		versions,
		speakers: [
			...new Set([
				...names,
				...terms.filter(({ kind }) => kind === 'speaker').map(({ term }) => term)
			])
		]
	};
};

export const actions: Actions = {
	correct: async (request) => {
		const { locals, url, getClientAddress } = request;
		const { found } = await channel(request, 'transcript:correct');
		const parsed = typed.safeParse(Object.fromEntries(await request.request.formData()));
		if (!parsed.success) notFound();
		const { seq, ...correction } = parsed.data;
		const answer = await locals.app.transcripts.correct(
			found.booth.id,
			seq,
			correction,
			locals.actor
		);
		if (!answer.ok) {
			const { code } = answer.error;
			if (code === 'not_found') notFound();
			return fail(400, { seq, ...correction, code } satisfies CorrectionProblem);
		}
		await locals.app.audit.record({
			actor: locals.actor,
			action: 'transcript.corrected',
			scope: found.scope,
			target: `${found.path} #${seq}`,
			details: {
				before: answer.value.before,
				after: { text: answer.value.text, speaker: answer.value.speaker }
			},
			address: getClientAddress()
		});
		const query = new URLSearchParams();
		for (const name of ['from', 'with']) {
			const value = url.searchParams.get(name);
			if (value !== null) query.set(name, value);
		}
		query.set('saved', String(seq));
		redirect(303, `${url.pathname}?${query}#s-${seq}`);
	}
};

/** The channel of the address; one of another event is not found. @throws redirect, 404, 403 */
async function channel(
	request: DeskRequest & { params: { event: string; channel: string } },
	permission: Permission
): Promise<{ found: FoundBooth }> {
	const { locals, params } = request;
	const event = await deskEvent(request, params.event, 'event:view', 'somewhere');
	const id = idFrom(params.channel, boothId);
	const found = id === null ? null : await locals.app.events.boothById(id);
	if (!found?.ok || found.value.event.id !== event.id) notFound();
	if (!can(locals.actor, permission, found.value.scope)) forbidden();
	return { found: found.value };
}

function numberFrom(text: string | null): number | null {
	return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
