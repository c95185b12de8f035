import { can } from '#lib/domain/access/policy.ts';
import { EXPORT_FORMATS } from '#lib/domain/captions/export.ts';
import { deskEvent } from '#lib/server/http/desk-place.ts';
import { searchWords, SEARCH_LENGTH, SEARCH_MAX_LENGTH } from '#lib/server/transcripts/reader.ts';
import type { PageServerLoad } from './$types';

/** The channels of an event that have something stored, a search through them, and files of them. */
export const load: PageServerLoad = async (request) => {
	const { locals, params, url } = request;
	const event = await deskEvent(request, params.event, 'transcript:read', 'somewhere');
	const { captionSettings, events, transcripts } = locals.app;
	const readable = (await events.booths(event.id)).filter(({ scope }) =>
		can(locals.actor, 'transcript:read', scope)
	);
	const query = (url.searchParams.get('q') ?? '').slice(0, SEARCH_MAX_LENGTH);
	const wanted = readable.find(({ booth }) => String(booth.id) === url.searchParams.get('in'));
	const searched = (wanted === undefined ? readable : [wanted]).map(({ booth }) => booth.id);
	const [counts, settings, days, found] = await Promise.all([
		transcripts.counts(readable.map(({ booth }) => booth.id)),
		captionSettings.event(event.id),
		transcripts.spans(event.id),
		searchWords(query).length === 0 ? null : transcripts.search(searched, query)
	]);
	const countOf = new Map(counts.map((count) => [count.booth, count]));
	return {
		timeZone: settings.timeZone,
		retentionDays: settings.retentionDays,
		formats: EXPORT_FORMATS,
		spans: days,
		channels: readable.flatMap(({ booth, room }) => {
			const count = countOf.get(booth.id);
			return count === undefined
				? []
				: [{ ...count, id: booth.id, language: booth.language, room: room.name }];
		}),
		search: {
			query,
			in: wanted === undefined ? '' : String(wanted.booth.id),
			found: found?.slice(0, SEARCH_LENGTH) ?? null,
			hasMore: (found?.length ?? 0) > SEARCH_LENGTH
		},
		exportProblem: url.searchParams.get('export') === 'none'
	};
};
