import { EXPORT_FORMATS } from '#lib/domain/captions/export.ts';
import { FLOOR, parseLanguage } from '#lib/domain/language.ts';
import { listenedEvent } from '#lib/server/http/listened-event.ts';
import { refusal } from '#lib/server/http/rest.ts';
import { transcriptFile } from '#lib/server/http/transcript-file.ts';
import type { RequestHandler } from './$types';

/**
 * What was said in one channel, for somebody who listens, where the event allows it: `lang`, `room` when it is
 * not the main one, `format` (`txt`, `srt`, `vtt`, `json`), `into` for a machine's translation.
 */
export const GET: RequestHandler = async ({ locals, params, url }) => {
	const event = await listenedEvent(locals, params.slug);
	if (event instanceof Response) return event;
	const { captionSettings, events, transcripts } = locals.app;
	const settings = await captionSettings.event(event.id);
	if (!settings.transcriptDownload)
		return refusal(403, {
			code: 'not_allowed',
			message: 'The organiser of this event does not hand out transcripts.'
		});
	const found = await events.booth({
		event: event.slug,
		room: url.searchParams.get('room'),
		language: url.searchParams.get('lang') ?? ''
	});
	if (!found.ok) return refusal(404, found.error);
	const { booth, room } = found.value;
	// Consent that was withdrawn counts for what was said before, too, as far as the audience goes.
	const isAgreed = (await captionSettings.channels(event.id)).get(booth.id)?.consent === true;
	if (!isAgreed)
		return refusal(404, { code: 'not_found', message: 'There is no transcript of this channel.' });
	const format = EXPORT_FORMATS.find((one) => one === (url.searchParams.get('format') ?? 'txt'));
	if (format === undefined)
		return refusal(400, { code: 'invalid_input', message: `One of ${EXPORT_FORMATS.join(', ')}.` });
	const into = parseLanguage(url.searchParams.get('into') ?? '');
	const translation = into.ok ? into.value : null;
	const transcript = await transcripts.transcript({
		event: event.name,
		room: room.name,
		channels: [
			{
				booth: booth.id,
				label: translation ?? booth.language,
				language: booth.language === FLOOR ? null : booth.language,
				translation
			}
		],
		between: { from: null, until: null }
	});
	return transcriptFile(transcript, format, `${event.slug}-${translation ?? booth.language}`);
};
