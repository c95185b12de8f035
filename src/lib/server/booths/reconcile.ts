import { allowedPublishers } from '#lib/domain/booth/allowed-publishers.ts';
import { awaitsSound } from '#lib/domain/booth/sound.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import type { Events } from '../events/events.ts';
import type { Log } from '../log.ts';
import { inParallel } from '../media/in-parallel.ts';
import {
	MediaServerDown,
	type MediaServer,
	type MediaServerInfo,
	type PathStatus,
	type Publisher
} from '../media/media-server.ts';
import {
	ANSWERING,
	failing,
	isDown,
	meansSilence,
	NOTHING_KNOWN,
	type Outage
} from '../media/outage.ts';
import { createPathKeeper } from '../media/path-keeper.ts';
import { createAtOnce } from './at-once.ts';
import { createJudge } from './judge.ts';
import type { BoothChange, ReconciledBooths, Reconciler } from './reconciler.ts';
import { WatchedChannels } from './watched-channels.ts';

export type { BoothChange, ReconciledBooths, Reconciler, SeenIngest } from './reconciler.ts';

export const RECONCILE_EVERY_MS = 1_000;
/** A publish token may be used this long after its holder lost the right (30 s, and the session's set-up). */
const STALE_TOKEN_MS = 40_000;
/** With more listeners the sessions are not listed every second where the list holds the listeners too. */
const MANY_LISTENERS = 500;
const ASK_INFO_MS = 10_000;
const SESSIONS_AT_ONCE = 8;

export function createReconciler({
	media,
	booths,
	events,
	log,
	now = Date.now
}: {
	media: MediaServer;
	booths: ReconciledBooths;
	events: Pick<Events, 'allBooths'>;
	log: Log;
	now?: () => number;
}): Reconciler {
	const channels = new WatchedChannels(events);
	const keeper = createPathKeeper(media, log);
	const judge = createJudge(media, booths.report, log);
	const stateOf = booths.state;
	const atOnce = createAtOnce({ media, channels, judge, stateOf, looked: tell, log, now });
	const ingestListeners = new Set<(booths: readonly BoothId[]) => void>();
	const mediaListeners = new Set<(ok: boolean) => void>();
	let told = new Map<BoothId, string>();
	let toldOk: boolean | null = null;
	let outage: Outage = NOTHING_KNOWN;
	let info: { server: MediaServerInfo; askedAt: number } | null = null;
	let staleTokensUntil = 0;
	let round: Promise<void> | null = null;
	let timer: NodeJS.Timeout | undefined;
	let stopped = false;
	let unsubscribe: (() => void) | null = null;

	/** One look at everything. @throws MediaServerDown, or what the database throws */
	async function look(): Promise<void> {
		await channels.refresh(now());
		const at = now();
		const listed = await media.listPaths();
		const server = await serverInfo(at);
		keeper.keep(channels.wanted(), listed, server);
		const sessions = await sessionsOf(listed);
		const waiting = listsSessions(at, listed, server) ? await media.publishSessions() : [];
		outage = ANSWERING;
		channels.see(listed, sessions, at);
		await judgeAll(waiting, at);
	}

	async function judgeAll(waiting: readonly Publisher[], at: number): Promise<void> {
		const waitingOn = new Map<string, Publisher[]>();
		for (const each of waiting)
			waitingOn.set(each.path, [...(waitingOn.get(each.path) ?? []), each]);
		const seen = channels.all().map((watch) => ({
			watch,
			booth: watch.found.booth.id,
			sound: watch.sound(waitingOn.get(watch.found.path) ?? [])
		}));
		const withSound = seen.filter(({ sound }) => sound.onAir ?? sound.waiting.length > 0);
		// Read after the media server was asked: whoever may publish by now is left alone.
		const states = await booths.states(withSound.map(({ booth }) => booth));
		await Promise.all(
			seen.map(({ watch, booth, sound }) =>
				judge.channel(watch, sound, states.get(booth) ?? null, at)
			)
		);
	}

	async function serverInfo(at: number): Promise<MediaServerInfo> {
		const isFresh = info !== null && at - info.askedAt < ASK_INFO_MS;
		if (info === null || !isFresh || outage.kind !== 'answering')
			info = { server: await media.info(), askedAt: at };
		return info.server;
	}

	async function sessionsOf(
		listed: readonly PathStatus[]
	): Promise<ReadonlyMap<string, Publisher | null>> {
		const ours = new Set<string>(channels.wanted().map(({ path }) => path));
		const found = new Map<string, Publisher | null>();
		const jobs = listed
			.filter((status) => ours.has(status.path))
			.flatMap(({ sourceId }) => sourceId ?? [])
			.map((id) => async () => void found.set(id, await media.session(id)));
		const [error] = await inParallel(jobs, SESSIONS_AT_ONCE, () => true);
		if (error !== undefined) throw error;
		return found;
	}

	/** Whether to look for sessions that have not sent a packet yet. */
	function listsSessions(
		at: number,
		listed: readonly PathStatus[],
		server: MediaServerInfo
	): boolean {
		if (at > staleTokensUntil) return false;
		const readers = listed.reduce((sum, status) => sum + status.readers, 0);
		return server.audioOnly || readers <= MANY_LISTENERS;
	}

	async function failed(error: unknown, at: number): Promise<void> {
		if (!(error instanceof MediaServerDown)) {
			log.error({ err: error }, 'reconcile failed; trying again');
			return;
		}
		const first = outage.kind !== 'failing';
		outage = failing(outage, error.reason, at);
		if (first) log.warn({ err: error, reason: error.reason }, 'the media server does not answer');
		if (!meansSilence(outage, now())) return;
		for (const watch of channels.all()) watch.see(null, at);
		await judgeAll([], at);
	}

	async function runRound(): Promise<void> {
		const at = now();
		const wasFailing = outage.kind === 'failing';
		try {
			await look();
			if (wasFailing) log.info('the media server answers again');
		} catch (error) {
			await failed(error, at).catch((reason: unknown) =>
				log.error({ err: reason }, 'reconcile failed; trying again')
			);
		}
		try {
			tell();
		} catch (error) {
			log.error({ err: error }, 'a listener to the reconciler failed');
		}
		if (stopped) return;
		// Measured from the beginning, and never two at once however long one took.
		const wait = Math.max(0, at + RECONCILE_EVERY_MS - now());
		timer = setTimeout(() => (round = runRound()), wait);
	}

	/** Tells what changed since it was last told. */
	function tell(): void {
		const ok = isOk();
		const current = new Map(
			channels.all().map((watch) => {
				const { status, listeners } = watch.ingest();
				return [watch.found.booth.id, `${status} ${ok ? listeners : null}`];
			})
		);
		const changed = [...current.keys()].filter((id) => current.get(id) !== told.get(id));
		told = current;
		if (changed.length > 0) for (const listener of ingestListeners) listener(changed);
		// That it answers is no news at the beginning.
		const isNews = outage.kind !== 'unknown' && ok !== (toldOk ?? true);
		toldOk = ok;
		if (isNews) for (const listener of mediaListeners) listener(ok);
	}

	function isOk(): boolean {
		return outage.kind !== 'unknown' && !isDown(outage);
	}

	function changed({ boothId, before, after }: BoothChange): void {
		const allowed = allowedPublishers(after);
		if (allowedPublishers(before).some((seat) => !allowed.includes(seat))) {
			staleTokensUntil = now() + STALE_TOKEN_MS;
			void atOnce.sweep(boothId);
		}
		if (awaitsSound(after)) atOnce.follow(boothId);
	}

	return {
		look: atOnce.look,
		mediaOk: isOk,

		start() {
			// A former life of this portal may have given tokens away.
			staleTokensUntil = now() + STALE_TOKEN_MS;
			unsubscribe = booths.onChange(changed);
			round = runRound();
		},

		async stop() {
			stopped = true;
			clearTimeout(timer);
			unsubscribe?.();
			await Promise.all([round, atOnce.stop()]);
			await keeper.idle();
		},

		async refresh() {
			try {
				await channels.refresh(now(), true);
				const listed = await media.listPaths();
				keeper.keep(channels.wanted(), listed, await serverInfo(now()));
				await keeper.idle();
			} catch (error) {
				log.debug({ err: error }, 'refresh failed; the next round catches up');
			}
		},

		async prepare(booth) {
			try {
				if (channels.get(booth) === null) await channels.refresh(now(), true);
				const watch = channels.get(booth);
				if (watch === null) return;
				const { path } = watch.found;
				await keeper.ensure({ path, isFloor: watch.isFloor }, await serverInfo(now()));
			} catch (error) {
				log.debug({ booth, err: error }, 'path not made ahead; the next round catches up');
			}
		},

		ingest(booth) {
			const seen = channels.get(booth)?.ingest();
			if (seen === undefined) return { status: 'disconnected', listeners: null };
			return { status: seen.status, listeners: isOk() ? seen.listeners : null };
		},

		figures: (booth) => channels.get(booth)?.figures() ?? null,

		found: (where = {}) =>
			channels
				.all()
				.map(({ found }) => found)
				.filter(
					({ room, event }) =>
						(where.room ?? room.id) === room.id && (where.event ?? event.id) === event.id
				),

		onIngest(listener) {
			ingestListeners.add(listener);
			return () => ingestListeners.delete(listener);
		},

		onMedia(listener) {
			mediaListeners.add(listener);
			return () => mediaListeners.delete(listener);
		}
	};
}
