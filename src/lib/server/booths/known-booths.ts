import type { BoothId } from '#lib/domain/ids.ts';
import type { Log } from '../log.ts';
import type { BoothChange, BoothStore, StoredBooth } from './store.ts';

/**
 * The newest state of every booth that this portal knows of, and who wants to hear of changes: each version
 * is told once, never an older one after a newer one, whichever portal made it.
 */
export type KnownBooths = {
	get(booth: BoothId): StoredBooth | null;
	all(): ReadonlyMap<BoothId, StoredBooth>;
	onChange(listener: (change: BoothChange) => void): () => void;
	/** A change that was committed here. */
	take(change: BoothChange): void;
	/** Another portal says it made this version. */
	hear(booth: BoothId, version: number): Promise<void>;
	/** Looks for versions nobody told. */
	catchUp(): Promise<void>;
};

export function createKnownBooths(store: BoothStore, log: Log): KnownBooths {
	const known = new Map<BoothId, StoredBooth>();
	const listeners = new Set<(change: BoothChange) => void>();

	function take(change: BoothChange): void {
		const { boothId, after, version } = change;
		if (version <= (known.get(boothId)?.version ?? -1)) return;
		known.set(boothId, { state: after, version });
		for (const listener of listeners)
			try {
				listener(change);
			} catch (error) {
				// The change is committed: one listener's fault must not keep it from the others.
				log.error({ err: error, booth: boothId, version }, 'a listener to booth changes failed');
			}
	}

	async function takeIn(ids: readonly BoothId[]): Promise<void> {
		for (const [boothId, { state: after, version }] of await store.loadAll(ids)) {
			const before = known.get(boothId)?.state;
			if (before) take({ boothId, before, after, events: [], version });
			// Seen for the first time: nothing changed as far as anybody here knows.
			else known.set(boothId, { state: after, version });
		}
	}

	return {
		get: (booth) => known.get(booth) ?? null,
		all: () => known,
		take,

		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},

		async hear(booth, version) {
			if (version > (known.get(booth)?.version ?? -1)) await takeIn([booth]);
		},

		async catchUp() {
			const versions = await store.versions();
			for (const booth of known.keys()) if (!versions.has(booth)) known.delete(booth);
			await takeIn(
				[...versions]
					.filter(([booth, version]) => version > (known.get(booth)?.version ?? -1))
					.map(([booth]) => booth)
			);
		}
	};
}
