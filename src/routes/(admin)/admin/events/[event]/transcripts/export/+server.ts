import { redirect } from '@sveltejs/kit';
import { can } from '#lib/domain/access/policy.ts';
import { EXPORT_FORMATS, type ExportFormat } from '#lib/domain/captions/export.ts';
import { parseLanguage } from '#lib/domain/language.ts';
import type { FoundBooth } from '#lib/server/events/events.ts';
import { deskEvent, forbidden, idFrom, notFound } from '#lib/server/http/desk-place.ts';
import { transcriptFile } from '#lib/server/http/transcript-file.ts';
import { boothId } from '#lib/domain/ids.ts';
import {
	EXPORT_CHANNELS_MAX,
	type Between,
	type WantedChannel
} from '#lib/server/transcripts/exports.ts';
import type { RequestHandler } from './$types';
import { channelName } from '../channel-names.ts';

/**
 * A transcript as a file: `channel=<booth id>` or `<booth id>:<language of a translation>`, as often as there
 * are channels; `format`; `when=<from>-<until>` in epoch ms.
 */
export const GET: RequestHandler = async (request) => {
	const { locals, params, url, getClientAddress } = request;
	const event = await deskEvent(request, params.event, 'transcript:read', 'somewhere');
	const asked = [...new Set(url.searchParams.getAll('channel'))].slice(0, EXPORT_CHANNELS_MAX);
	if (asked.length === 0)
		redirect(303, `/admin/events/${event.slug}/transcripts?export=none#export`);
	const booths = await locals.app.events.booths(event.id);
	const chosen = asked.map((text) => {
		const [id, translation] = text.split(':');
		const wanted = idFrom(id, boothId);
		const found = booths.find(({ booth }) => booth.id === wanted);
		// A channel of another event is as unknown as one that never was.
		if (found === undefined) notFound();
		if (!can(locals.actor, 'transcript:read', found.scope)) forbidden();
		return { found, channel: wantedChannel(found, translation ?? '') };
	});
	const rooms = new Set(chosen.map(({ found }) => found.room.name));
	const transcript = await locals.app.transcripts.transcript({
		event: event.name,
		room: [...rooms].join(', '),
		channels: chosen.map(({ channel, found }) =>
			rooms.size === 1 ? channel : { ...channel, label: `${channel.label}, ${found.room.name}` }
		),
		between: between(url.searchParams.get('when') ?? '')
	});
	const format = formatOf(url.searchParams.get('format'));
	await locals.app.audit.record({
		actor: locals.actor,
		action: 'transcript.exported',
		scope: event.scope,
		target: transcript.channels.map(({ label }) => label).join(', '),
		details: { format },
		address: getClientAddress()
	});
	const name = [
		event.slug,
		...chosen.map(({ channel }) => channel.translation ?? channel.language)
	];
	return transcriptFile(transcript, format, name.join('-'));
};

function wantedChannel({ booth }: FoundBooth, into: string): WantedChannel {
	const translation = parseLanguage(into);
	return {
		booth: booth.id,
		language: booth.language === 'floor' ? null : booth.language,
		translation: translation.ok ? translation.value : null,
		label: translation.ok
			? `${channelName(translation.value)} (${channelName(booth.language)})`
			: channelName(booth.language)
	};
}

function formatOf(text: string | null): ExportFormat {
	return EXPORT_FORMATS.find((format) => format === text) ?? 'txt';
}

function between(text: string): Between {
	const found = /^(\d{1,15})-(\d{1,15})$/.exec(text);
	return found === null
		? { from: null, until: null }
		: { from: Number(found[1]), until: Number(found[2]) };
}
