import { together, type Incident, type Report, type SafeFix } from '#lib/domain/doctor/finding.ts';
import { mayPublish } from '#lib/domain/doctor/channel.ts';
import { EMPTY_BOOTH } from '#lib/domain/booth/state.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { unreachable } from '#lib/domain/result.ts';
import type { FoundBooth } from '../events/events.ts';
import { allChannels, channelCaptions, oneChannel } from './channel-checks.ts';
import { mediaDoor, mediaServer, type DoctorParts } from './media-checks.ts';
import { adminLogin, database, sockets } from './portal-checks.ts';
import { secrets } from './secret-checks.ts';

/** A complaint: what kind, about which channel, whose. */
export type Complaint = {
	readonly incident: Incident;
	/** Null where the incident is not about one channel. */
	readonly channel: FoundBooth | null;
	/** The name of the person who cannot go live, for IC-01. */
	readonly who: string | null;
};

/** Looks at the whole installation while it runs. Takes a few seconds, changes nothing. */
export async function examine(app: DoctorParts): Promise<Report> {
	const [media, data, socket] = await Promise.all([mediaServer(app), database(app), sockets(app)]);
	const { info } = media;
	const hasDatabase = data.findings.every(({ code }) => code !== 'database_away');
	// Without a database nothing is known of channels, without a media server nothing can be tried there.
	if (info === null || !hasDatabase)
		return together([data, media.report, socket, secrets(app.env)]);
	// One after the other: MediaMTX shows a refused stranger's knock as a session for a moment.
	const channels = await allChannels(app, info);
	const door = await mediaDoor(app, await somePath(app));
	return together([data, media.report, door, channels, socket, secrets(app.env)]);
}

/** One incident's whole diagnosis. */
export async function diagnose(app: DoctorParts, complaint: Complaint): Promise<Report> {
	const { incident, channel, who } = complaint;
	switch (incident) {
		case 'IC-01':
		case 'IC-02': {
			const media = await mediaServer(app);
			if (media.info === null || channel === null) return media.report;
			// One after the other: MediaMTX shows a refused stranger's knock as a session for a moment.
			const found = await oneChannel(
				app,
				channel,
				media.info,
				incident === 'IC-01' ? { kind: 'cannot-go-live', who } : { kind: 'hears-nothing' }
			);
			const door = await mediaDoor(app, channel.path);
			return together([media.report, door, found]);
		}
		case 'IC-03':
			return sockets(app);
		case 'IC-04': {
			const media = await mediaServer(app);
			if (media.info === null || channel === null) return media.report;
			return together([media.report, await channelCaptions(app, channel, media.info)]);
		}
		case 'IC-05':
			return adminLogin(app, ownUrl(app));
		case 'IC-06':
			return database(app);
		default:
			return unreachable(incident);
	}
}

/** Does what is safe while people are on air; answers what it did, a sentence each. */
export async function mend(
	app: DoctorParts & Migrating,
	fixes: readonly SafeFix[]
): Promise<readonly string[]> {
	const done: string[] = [];
	for (const fix of new Set(fixes)) done.push(await mendOne(app, fix));
	return done;
}

type Migrating = { readonly migrate: () => Promise<void> };

async function mendOne(app: DoctorParts & Migrating, fix: SafeFix): Promise<string> {
	switch (fix) {
		case 'apply-migrations':
			await app.migrate();
			return 'Applied the migrations.';
		case 'refresh-media-keys':
			await app.media.refreshKeys();
			return 'Had the media server read the keys again.';
		case 'remake-paths': {
			const booths = await app.events.allBooths();
			for (const { booth } of booths) await app.reconciler.prepare(booth.id);
			return `Looked after the paths of ${booths.length} channels.`;
		}
		case 'end-ghost-publishers':
			return `Ended ${await endGhosts(app)} session(s) that nobody had the right to.`;
		default:
			return unreachable(fix);
	}
}

async function endGhosts(app: DoctorParts): Promise<number> {
	const [booths, sessions] = await Promise.all([
		app.events.allBooths(),
		app.media.publishSessions()
	]);
	let ended = 0;
	for (const { user, sessionId, path } of sessions) {
		const found = booths.find((each) => each.path === path);
		if (!found || found.booth.language === FLOOR) continue;
		const state = (await app.booths.state(found.booth.id)) ?? EMPTY_BOOTH;
		if (!mayPublish(state, user) && (await app.media.kick(sessionId))) ended++;
	}
	return ended;
}

async function somePath(app: DoctorParts) {
	const [found] = await app.events.allBooths();
	return found?.path ?? null;
}

function ownUrl({ env }: DoctorParts): string {
	const scheme = env.TLS_CERT === undefined ? 'http' : 'https';
	return `${scheme}://127.0.0.1:${env.PORT}`;
}
