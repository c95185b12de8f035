import type { MediaPath } from '#lib/domain/media-path.ts';
import type { Log } from '../log.ts';
import { inParallel } from './in-parallel.ts';
import {
	MediaServerDown,
	PathRefused,
	type MediaServer,
	type MediaServerInfo,
	type PathSettings,
	type PathStatus
} from './media-server.ts';

export type WantedPath = { readonly path: MediaPath; readonly isFloor: boolean };

/** Keeps the media server's paths as the database wants them: there before anyone needs them, and again after its restart. */
export type PathKeeper = {
	/**
	 * Creates what is missing and mends what is wrong, in the background; the next call while it works is
	 * ignored, for another one comes a second later.
	 *
	 * @param listed the paths that are there, asked for just now
	 */
	keep(wanted: readonly WantedPath[], listed: readonly PathStatus[], info: MediaServerInfo): void;
	/** Makes one path now, for somebody who is about to use it. @throws MediaServerDown */
	ensure(wanted: WantedPath, info: MediaServerInfo): Promise<void>;
	/** Resolves when what is under way is done. */
	idle(): Promise<void>;
};

const AT_ONCE = 8;

export function createPathKeeper(
	media: Pick<MediaServer, 'ensurePath' | 'removePath'>,
	log: Log
): PathKeeper {
	/** Paths of ours whose settings were looked at since the media server started. */
	let checked = new Map<MediaPath, 'right' | 'postponed' | 'refused'>();
	let serverStartedAt: string | null = null;
	let working: Promise<void> | null = null;

	async function ensure({ path, isFloor }: WantedPath, info: MediaServerInfo): Promise<void> {
		const outcome = await media
			.ensurePath(path, pathSettings(isFloor, info))
			.catch((error: unknown) => {
				if (!(error instanceof PathRefused)) throw error;
				log.error({ path, err: error }, 'the media server will not have this path');
				return 'refused' as const;
			});
		if (outcome === 'postponed' && checked.get(path) !== 'postponed')
			log.warn(
				{ path },
				'the path has other settings than it should; mended when nobody is on air'
			);
		if (outcome === 'created' || outcome === 'changed') log.info({ path, outcome }, 'media path');
		checked.set(path, outcome === 'postponed' || outcome === 'refused' ? outcome : 'right');
	}

	async function work(jobs: readonly (() => Promise<void>)[]): Promise<void> {
		const failed = await inParallel(jobs, AT_ONCE, (error) => error instanceof MediaServerDown);
		for (const error of failed.slice(0, 1))
			log.warn({ err: error, failed: failed.length }, 'media paths not made; trying again');
	}

	return {
		ensure,

		keep(wanted, listed, info) {
			if (working !== null) return;
			if (info.startedAt !== serverStartedAt) {
				serverStartedAt = info.startedAt;
				checked = new Map();
			}
			const there = new Map(listed.map((status) => [status.path, status]));
			const missing = wanted.filter(({ path }) => {
				const known = checked.get(path);
				if (known === undefined) return true;
				const status = there.get(path);
				if (status === undefined) return known !== 'refused';
				return known === 'postponed' && !status.online;
			});
			const names = new Set(wanted.map(({ path }) => path));
			// Only what this portal itself saw as ours: another one may know events this one does not yet.
			const left = [...checked.keys()].filter((path) => !names.has(path));
			const jobs = [
				...missing.map((each) => () => ensure(each, info)),
				...left.map((path) => async () => {
					await media.removePath(path);
					checked.delete(path);
					log.info({ path }, 'media path removed');
				})
			];
			if (jobs.length === 0) return;
			working = work(jobs).finally(() => {
				working = null;
			});
		},

		async idle() {
			await working;
		}
	};
}

/**
 * Booths stay available, so that listeners stay connected between voices. So does the floor where the
 * server takes sound alone; MediaMTX would refuse OBS's picture there.
 */
export function pathSettings(
	isFloor: boolean,
	info: Pick<MediaServerInfo, 'audioOnly'>
): PathSettings {
	return { alwaysAvailable: !isFloor || info.audioOnly };
}
