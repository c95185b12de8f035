import { judgeIce, judgeMediaUrl } from '#lib/domain/doctor/addresses.ts';
import type { Finding, Report } from '#lib/domain/doctor/finding.ts';
import type { MediaPath } from '#lib/domain/media-path.ts';
import type { App } from '../app.ts';
import { MediaServerDown, type MediaServerInfo } from '../media/media-server.ts';
import { knock } from './media-probe.ts';

export type DoctorParts = Pick<
	App,
	'booths' | 'captions' | 'db' | 'env' | 'events' | 'media' | 'reconciler' | 'tickets'
>;

/** Whether the portal reaches the media server's control API; what it says of itself. */
export async function mediaServer(
	app: DoctorParts
): Promise<{ info: MediaServerInfo | null; report: Report }> {
	try {
		const info = await app.media.info();
		const kind = info.audioOnly ? 'embedded media server' : 'MediaMTX';
		const fact = `media server: ${kind} ${info.version}, up since ${info.startedAt}`;
		return { info, report: { facts: [fact], findings: [] } };
	} catch (error) {
		if (!(error instanceof MediaServerDown)) throw error;
		const fix =
			error.reason === 'unauthorised'
				? 'It does not believe the portal’s token: look at authJWTJWKS and authJWTExclude in mediamtx.yml, then restart it.'
				: 'Start it, or name its control API with MEDIAMTX_API_BASE (docker compose restart mediamtx; docker compose logs mediamtx --tail=50).';
		return {
			info: null,
			report: {
				facts: [`media server: ${app.env.MEDIAMTX_API_BASE}: ${error.message}`],
				findings: [
					{
						code: 'media_server_away',
						level: 'fault',
						about: app.env.MEDIAMTX_API_BASE,
						says: `The media server does not answer the portal (${error.reason}). Nobody can go live; who is on air may still be heard.`,
						fix
					}
				]
			}
		};
	}
}

/** Its public side: the address browsers are given, and that strangers are refused there while our tokens open it. */
export async function mediaDoor(app: DoctorParts, path: MediaPath | null): Promise<Report> {
	const { PUBLIC_BASE_URL: portal, MEDIAMTX_WHIP_BASE: media } = app.env;
	const addresses = judgeMediaUrl({ portal, media });
	// A name that browsers cannot know may still lead there from here; one finding is enough.
	if (path === null || addresses.some(({ code }) => code === 'media_url_internal'))
		return { facts: [`browsers reach sound at ${media}`], findings: addresses };

	const [reader, publisher, ours] = await Promise.all([
		knock(media, { path, as: 'reader', token: null }),
		knock(media, { path, as: 'publisher', token: null }),
		knockWithTicket(app, path)
	]);
	if (ours.kind === 'unreachable')
		return { facts: [], findings: [...addresses, unreachable(media, ours.why)] };
	const findings: Finding[] = [...addresses];
	for (const [who, stranger] of [
		['listen', reader],
		['publish', publisher]
	] as const)
		if (stranger.kind === 'answered' && stranger.status < 300)
			findings.push({
				code: 'media_open',
				level: 'fault',
				about: `${media} (${who})`,
				says: `A stranger without a token may ${who} to ${path}.`,
				fix: 'Set authMethod: jwt and an empty authInternalUsers in mediamtx.yml, as the one of this project has it, and restart the media server.'
			});
	if (ours.status === 401 || ours.status === 403)
		findings.push({
			code: 'media_keys_not_believed',
			level: 'fault',
			about: media,
			says: 'The media server refuses the portal’s own token: it has other keys, or cannot read them. Nobody can join.',
			fix: 'Have it read the keys again (npm run doctor -- --fix); then check that it reaches /.well-known/jwks.json of this portal.',
			safeFix: 'refresh-media-keys'
		});
	if (ours.status === 201) findings.push(...judgeIce(portal, ours.candidates));
	return {
		facts: [
			`browsers reach sound at ${media}: it answers; strangers may ${reader.kind === 'answered' ? reader.status : '–'}/${publisher.kind === 'answered' ? publisher.status : '–'}, our ticket ${ours.status}`,
			...(ours.candidates.length > 0 ? [`sound goes to ${ours.candidates.join(', ')}`] : [])
		],
		findings
	};
}

async function knockWithTicket(app: DoctorParts, path: MediaPath) {
	const { token } = await app.tickets.readTicket(path.split('/')[0] ?? '');
	return knock(app.env.MEDIAMTX_WHIP_BASE, { path, as: 'reader', token });
}

function unreachable(media: string, why: string): Finding {
	return {
		code: 'media_url_unreachable',
		level: 'fault',
		about: media,
		says: `Nothing answers at the address browsers are given for sound (${why}).`,
		fix: 'Check that the media server runs, that its proxy leads there, and that MEDIAMTX_WHIP_BASE names it. From inside a container that address may be out of reach: then try it in a browser.'
	};
}
