import type { BoothState } from '#lib/domain/booth/state.ts';
import type { BoothId, EventId, RoomId } from '#lib/domain/ids.ts';
import type { IngestStatus } from '#lib/protocol/booth.ts';
import type { FoundBooth } from '../events/events.ts';
import type { ChannelFigures } from './channel-watch.ts';
import type { Report } from './judge.ts';

/** What the reconciler needs of the booth service. */
export type ReconciledBooths = {
	/** Null when the booth is gone. */
	state(booth: BoothId): Promise<BoothState | null>;
	/** Of the booths that say they are on air, and of those given. */
	states(given: readonly BoothId[]): Promise<ReadonlyMap<BoothId, BoothState>>;
	report: Report;
	onChange(listener: (change: BoothChange) => void): () => void;
};
export type BoothChange = {
	readonly boothId: BoothId;
	readonly before: BoothState;
	readonly after: BoothState;
};

/** A channel's ingest as its booth sees it; `listeners` null while the media server cannot be asked. */
export type SeenIngest = { readonly status: IngestStatus; readonly listeners: number | null };

/** Brings booths and media server into agreement: every second, and at once when something happened. */
export type Reconciler = {
	/** Begins; the first round is under way when it returns. */
	start(): void;
	/** No round begins any more; resolves when what is under way has ended. */
	stop(): Promise<void>;
	/** Looks at one booth's channel now; never throws. For `booth:arrived`. */
	look(booth: BoothId): Promise<void>;
	/** Takes in new events and booths at once and makes their paths; never throws. */
	refresh(): Promise<void>;
	/**
	 * Makes a booth's path for somebody who is about to publish: right after a restart of the media server
	 * they may be faster than the next round. Never throws; at most a few seconds.
	 */
	prepare(booth: BoothId): Promise<void>;
	ingest(booth: BoothId): SeenIngest;
	/** How the channel's sound arrives; null for a booth nobody knows. */
	figures(booth: BoothId): ChannelFigures | null;
	/** The channels of one room, of one event, or all, as far as they are known here. */
	found(where?: { readonly room?: RoomId; readonly event?: EventId }): readonly FoundBooth[];
	/** Whether the media server answers. */
	mediaOk(): boolean;
	/** Booths whose ingest changed. */
	onIngest(listener: (booths: readonly BoothId[]) => void): () => void;
	/** The media server went away or came back. */
	onMedia(listener: (ok: boolean) => void): () => void;
};
