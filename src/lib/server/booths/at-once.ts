import { awaitsSound, mayPublish } from '#lib/domain/booth/sound.ts';
import type { BoothState } from '#lib/domain/booth/state.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import type { Log } from '../log.ts';
import { MediaServerDown, type MediaServer } from '../media/media-server.ts';
import { sessionOf } from './channel-watch.ts';
import type { Judge } from './judge.ts';
import type { WatchedChannels } from './watched-channels.ts';

/** While a first sound is awaited: the right moves within 250 ms of the newcomer's first packet. */
const LOOK_OFTEN_MS = 100;

/** Looks at one booth without waiting for the next round. None of these throws. */
export type AtOnce = {
	/** One look; a second one asked for meanwhile begins when the first has ended. */
	look(booth: BoothId): Promise<void>;
	/** Looks often until the awaited sound is there or no longer awaited. */
	follow(booth: BoothId): void;
	/** Ends every session that may not publish any more, also one before its first packet. */
	sweep(booth: BoothId): Promise<void>;
	/** Nothing begins any more; resolves when what is under way has ended. */
	stop(): Promise<void>;
};

export function createAtOnce({
	media,
	channels,
	judge,
	stateOf,
	looked,
	log,
	now
}: {
	media: Pick<MediaServer, 'publisher' | 'publishSessions'>;
	channels: WatchedChannels;
	judge: Judge;
	stateOf: (booth: BoothId) => Promise<BoothState | null>;
	/** Called after each look, to tell people what it showed. */
	looked: () => void;
	log: Log;
	now: () => number;
}): AtOnce {
	const looking = new Map<BoothId, Promise<BoothState | null>>();
	const queued = new Map<BoothId, Promise<BoothState | null>>();
	const following = new Map<BoothId, { again: boolean }>();
	const underWay = new Set<Promise<unknown>>();
	let stopped = false;

	/** The booth's state when it was looked at; null when it could not be. */
	async function lookNow(booth: BoothId): Promise<BoothState | null> {
		const watch = channels.get(booth);
		if (watch === null || stopped) return null;
		return quietly(booth, async () => {
			const at = now();
			watch.see(await media.publisher(watch.found.path), at);
			const sound = watch.sound([]);
			const state = await stateOf(booth);
			await judge.channel(watch, sound, state, at);
			looked();
			return state;
		});
	}

	function look(booth: BoothId): Promise<BoothState | null> {
		const running = looking.get(booth);
		if (running === undefined) {
			const begun = lookNow(booth).finally(() => looking.delete(booth));
			looking.set(booth, begun);
			return begun;
		}
		// What is under way may have asked before whatever made the caller want to know.
		const next = queued.get(booth) ?? running.then(() => (queued.delete(booth), look(booth)));
		queued.set(booth, next);
		return next;
	}

	async function followNow(booth: BoothId, turn: { again: boolean }): Promise<void> {
		for (;;) {
			turn.again = false;
			const state = await look(booth);
			const goesOn = turn.again || (state !== null && awaitsSound(state));
			if (!goesOn || stopped) break;
			await new Promise((resolve) => setTimeout(resolve, LOOK_OFTEN_MS));
		}
		following.delete(booth);
	}

	async function quietly<T>(booth: BoothId, work: () => Promise<T>): Promise<T | null> {
		const running = work();
		underWay.add(running);
		try {
			return await running;
		} catch (error) {
			// The next round says what is wrong, and catches up.
			if (error instanceof MediaServerDown) log.debug({ booth, err: error }, 'look failed');
			else log.error({ booth, err: error }, 'look failed');
			return null;
		} finally {
			underWay.delete(running);
		}
	}

	return {
		async look(booth) {
			await look(booth);
		},

		follow(booth) {
			const turn = following.get(booth);
			if (turn !== undefined) {
				turn.again = true;
				return;
			}
			const first = { again: false };
			following.set(booth, first);
			void followNow(booth, first);
		},

		async sweep(booth) {
			const watch = channels.get(booth);
			if (watch === null || watch.isFloor || stopped) return;
			await quietly(booth, async () => {
				const sessions = await media.publishSessions(watch.found.path);
				// Read after the sessions were listed: one that gained the right by then stays.
				const state = await stateOf(booth);
				const over = sessions
					.map(sessionOf)
					.filter((each) => state === null || !mayPublish(state, each))
					.map((each) => each.session);
				await judge.kick(watch, over, 'may not publish any more');
			});
		},

		async stop() {
			stopped = true;
			await Promise.allSettled(underWay);
		}
	};
}
