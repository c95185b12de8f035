import type { BoothId } from '#lib/domain/ids.ts';
import type { Events } from '../events/events.ts';
import type { PathStatus, Publisher } from '../media/media-server.ts';
import type { WantedPath } from '../media/path-keeper.ts';
import { ChannelWatch } from './channel-watch.ts';

/** A booth made by another portal is noticed after this long at the latest. */
const REREAD_MS = 5_000;

/** Every channel of every event, with what was seen of it. */
export class WatchedChannels {
	readonly #events: Pick<Events, 'allBooths'>;
	#watches = new Map<BoothId, ChannelWatch>();
	#readAt = -Infinity;

	constructor(events: Pick<Events, 'allBooths'>) {
		this.#events = events;
	}

	/** Takes in what the organisers changed; asks the database only now and then unless `force`. */
	async refresh(at: number, force = false): Promise<void> {
		if (!force && at - this.#readAt < REREAD_MS) return;
		const found = await this.#events.allBooths();
		this.#readAt = at;
		const before = this.#watches;
		this.#watches = new Map(
			found.map((each) => {
				const watch = before.get(each.booth.id);
				// A renamed path is another channel.
				if (watch?.found.path !== each.path) return [each.booth.id, new ChannelWatch(each)];
				watch.found = each;
				return [each.booth.id, watch];
			})
		);
	}

	get(booth: BoothId): ChannelWatch | null {
		return this.#watches.get(booth) ?? null;
	}

	all(): ChannelWatch[] {
		return [...this.#watches.values()];
	}

	wanted(): WantedPath[] {
		return this.all().map((watch) => ({ path: watch.found.path, isFloor: watch.isFloor }));
	}

	/** Takes in a list of paths and the sessions that feed them; `at` is when it was asked for. */
	see(
		listed: readonly PathStatus[],
		sessions: ReadonlyMap<string, Publisher | null>,
		at: number
	): void {
		const byPath = new Map(listed.map((status) => [status.path, status]));
		for (const watch of this.all()) {
			const status = byPath.get(watch.found.path);
			const session = status?.sourceId ?? null;
			watch.listeners = status?.readers ?? 0;
			const publisher = session === null ? null : (sessions.get(session) ?? null);
			watch.see(publisher, at, status?.online === true && session === null);
			watch.hear(publisher, status?.levelDb ?? null, at);
		}
	}
}
