import { judgeCaptions } from '#lib/domain/doctor/captions.ts';
import {
	judgeGhosts,
	judgeGoLive,
	judgeHearing,
	judgePath,
	type ChannelFacts
} from '#lib/domain/doctor/channel.ts';
import type { Report } from '#lib/domain/doctor/finding.ts';
import { EMPTY_BOOTH } from '#lib/domain/booth/state.ts';
import { FLOOR } from '#lib/domain/language.ts';
import type { FoundBooth } from '../events/events.ts';
import { inParallel } from '../media/in-parallel.ts';
import type { MediaServerInfo, Publisher } from '../media/media-server.ts';
import { pathSettings } from '../media/path-keeper.ts';
import { listenTo, type HeardSound } from './channel-sound.ts';
import type { DoctorParts } from './media-checks.ts';

const AT_ONCE = 8;

/** Everything about one channel that a diagnosis asks for. @throws MediaServerDown */
async function look(
	app: DoctorParts,
	found: FoundBooth,
	info: MediaServerInfo,
	sessions: readonly Publisher[]
): Promise<ChannelFacts> {
	const isFloor = found.booth.language === FLOOR;
	const [state, served] = await Promise.all([
		app.booths.load(found.booth.id),
		app.media.inspectPath(found.path, pathSettings(isFloor, info))
	]);
	const publishers = sessions.filter((each) => each.path === found.path);
	return {
		path: found.path,
		language: found.booth.language,
		state: state?.state ?? EMPTY_BOOTH,
		served,
		publishers: publishers.map((each) => each.user),
		peakDb: null
	};
}

async function lookNow(
	app: DoctorParts,
	found: FoundBooth,
	info: MediaServerInfo
): Promise<ChannelFacts> {
	return look(app, found, info, await app.media.publishSessions(found.path));
}

/** Every channel: does the media server have it, and does nobody publish to it without the right? */
export async function allChannels(app: DoctorParts, info: MediaServerInfo): Promise<Report> {
	// The list of all sessions is one question; asked for each channel it would be as many as there are booths.
	const [booths, sessions] = await Promise.all([
		app.events.allBooths(),
		app.media.publishSessions()
	]);
	const reports: Report[] = [];
	const failed = await inParallel(
		booths.map((found) => async () => {
			const facts = await look(app, found, info, sessions);
			// Whoever left since the list was made is no ghost: who looks like one is looked at again.
			const ghosts =
				judgeGhosts(facts).length === 0 ? [] : judgeGhosts(await lookNow(app, found, info));
			reports.push({ facts: [], findings: [...judgePath(facts), ...ghosts] });
		}),
		AT_ONCE,
		() => true
	);
	for (const error of failed) throw error;
	return {
		facts: [`channels: ${booths.length}`],
		findings: reports.flatMap((report) => report.findings)
	};
}

/** IC-01 and IC-02 for one channel. */
export async function oneChannel(
	app: DoctorParts,
	found: FoundBooth,
	info: MediaServerInfo,
	complaint: { kind: 'cannot-go-live'; who: string | null } | { kind: 'hears-nothing' }
): Promise<Report> {
	const before = await lookNow(app, found, info);
	const heard =
		complaint.kind === 'hears-nothing' && before.served?.online === true
			? await listen(app, found)
			: null;
	const facts = heard === null ? before : { ...before, peakDb: heard };
	const judged =
		complaint.kind === 'hears-nothing' ? judgeHearing(facts) : judgeGoLive(facts, complaint.who);
	return { facts: [describe(facts)], findings: judged };
}

/** IC-04 for one channel. */
export async function channelCaptions(
	app: DoctorParts,
	found: FoundBooth,
	info: MediaServerInfo
): Promise<Report> {
	const isFloor = found.booth.language === FLOOR;
	const served = await app.media.inspectPath(found.path, pathSettings(isFloor, info));
	const online = served?.online === true;
	const status = app.captions.status(found.booth.id);
	const sound = online && status.kind !== 'running' ? await pull(app, found) : null;
	const facts = { path: found.path, status, online, pulled: sound?.kind ?? null };
	return {
		facts: [
			`${found.path}: captions ${status.kind}, ${app.captions.activeWorkers()} sessions of ${app.env.MAX_TOTAL_WORKERS} in use, ${online ? 'sound arrives' : 'no sound'}`
		],
		findings: judgeCaptions(facts)
	};
}

async function listen(app: DoctorParts, found: FoundBooth): Promise<number | null> {
	const sound = await pull(app, found);
	return sound.kind === 'heard' ? sound.peakDb : null;
}

async function pull(app: DoctorParts, { event, path }: FoundBooth): Promise<HeardSound> {
	const { token } = await app.tickets.readTicket(event.slug);
	return listenTo(`${app.env.MEDIAMTX_RTSP_BASE}/${path}?token=${token}`);
}

function describe({ path, state, served, publishers, peakDb }: ChannelFacts): string {
	const { phase, participants } = state;
	const who = 'active' in phase ? `, ${phase.active.name} has the right` : '';
	const sound = served === null ? 'no path' : served.online ? 'sound arrives' : 'no sound';
	const level = peakDb === null ? '' : `, loudest ${Math.round(peakDb)} dBFS`;
	return `${path}: ${phase.kind}${who}, ${participants.length} in the booth, ${publishers.length} publishing, ${sound}${level}`;
}
