import type { ChannelState } from '#lib/protocol/listen.ts';
import { createChannelFeed, type ChannelFeed, type FeedState } from './channel-feed.ts';
import { createLine, type Line, type LineState } from './line.ts';
import { onWindow } from './on-window.ts';
import { FLOOR_MONO, FLOOR_STEREO } from './opus-offer.ts';
import { fetchPublishTicket, whipUrlFor } from './publish-ticket.ts';
import type { SoundSource } from './sound-source.svelte.ts';
import { UplinkWatch, type UplinkQuality } from './uplink.ts';
import { keepScreenOn } from './wake-lock.ts';

const TICK_MS = 1_000;
/** The portal sees a publisher come or go within a second; what it says earlier may still mean our own sound. */
const CHANNEL_SETTLES_MS = 2_500;

export type FloorSituation =
	| 'off' // nobody sends
	| 'other' // another source sends
	| 'opening'
	| 'sending' // connected, not seen by the portal yet
	| 'on' // arrives at the media server
	| 'lost' // wanted, and the line is down
	| 'replaced' // another source took over
	| 'not-allowed';

export type FloorStoreOptions = {
	readonly event: string;
	/** Null for the main room. */
	readonly room: string | null;
	/** Media path of the floor. */
	readonly path: string;
	/** `GET` answers a `PublishTicket`; without query. */
	readonly whipUrl: string;
	readonly source: SoundSource;
};

/** A technician's page: one sound source as the floor of one room, and what the media server says about it. */
export class FloorStore {
	line = $state.raw<LineState>({ kind: 'idle' });
	channel = $state.raw<ChannelState | null>(null);
	feed = $state.raw<FeedState>('stale');
	wanted = $state(false);
	muted = $state(false);
	/** Why it is not wanted any more, when it was not stopped here. */
	ended = $state.raw<'replaced' | 'not-allowed' | 'source-gone' | null>(null);
	quality = $state.raw<UplinkQuality | null>(null);
	now = $state(Date.now());

	readonly source: SoundSource;
	readonly #options: FloorStoreOptions;
	readonly #line: Line;
	#feed: ChannelFeed | null = null;
	#brokenAt = 0;
	#wasConnected = false;
	readonly #uplink = new UplinkWatch();
	#channels = 1;
	#stops: (() => void)[] = [];

	constructor(options: FloorStoreOptions) {
		this.#options = options;
		this.source = options.source;
		this.#line = createLine({
			ticket: () => fetchPublishTicket(whipUrlFor(options.whipUrl, options.room, null)),
			openTrack: () => this.source.cloneTrack(),
			profile: () => (this.source.choices.channels === 2 ? FLOOR_STEREO : FLOOR_MONO),
			onState: (state) => this.#onLine(state),
			onRetryDue: () => this.#retry()
		});
	}

	readonly situation: FloorSituation = $derived.by(() => {
		const arrives = this.channel?.air === 'on';
		if (!this.wanted) {
			if (this.ended === 'replaced' || this.ended === 'not-allowed') return this.ended;
			return arrives ? 'other' : 'off';
		}
		if (this.line.kind === 'connected') return arrives ? 'on' : 'sending';
		return this.line.kind === 'opening' && !this.#wasConnected ? 'opening' : 'lost';
	});

	/** Starts watching the channel; sends nothing. */
	open(): void {
		const { event, path } = this.#options;
		const mine = (channels: readonly ChannelState[]) =>
			channels.find((channel) => channel.path === path);
		this.#feed = createChannelFeed({
			event,
			onSnapshot: (snapshot) => (this.channel = mine(snapshot.channels) ?? null),
			onChannels: (changed) => (this.channel = mine(changed) ?? this.channel),
			onState: (state) => (this.feed = state)
		});
		this.#feed.nudge();
		this.#feed.push();
		this.source.onChanged = () => this.#onSource();
		const timer = setInterval(() => void this.#tick(), TICK_MS);
		this.#stops = [
			() => clearInterval(timer),
			keepScreenOn(),
			() => this.#feed?.close(),
			onWindow('pagehide', () => this.stop()),
			onWindow('online', () => this.#line.hurry()),
			onWindow('beforeunload', (event) => {
				if (this.wanted) event.preventDefault();
			})
		];
	}

	/** The deliberate act: this source becomes the floor, and replaces another one. */
	start(): void {
		if (!this.source.isOpen) return;
		this.wanted = true;
		this.ended = null;
		this.#wasConnected = false;
		this.#setMuted(false);
		this.#channels = this.source.choices.channels;
		this.#line.publish();
	}

	stop(): void {
		this.wanted = false;
		this.#line.release();
		this.#setMuted(false);
	}

	toggleMute(): void {
		if (this.wanted) this.#setMuted(!this.muted);
	}

	destroy(): void {
		this.stop();
		for (const stop of this.#stops) stop();
		this.#stops = [];
	}

	#setMuted(muted: boolean): void {
		this.muted = muted;
		this.#line.enable(!muted);
	}

	#end(why: NonNullable<FloorStore['ended']>): void {
		this.stop();
		this.ended = why;
	}

	#onLine(state: LineState): void {
		this.line = state;
		if (state.kind === 'connected') this.#wasConnected = true;
		else {
			this.#uplink.forget();
			this.quality = null;
		}
		if (state.kind !== 'waiting') return;
		if (state.fault === 'not-allowed') this.#end('not-allowed');
		else if (this.#brokenAt === 0) this.#brokenAt = Date.now();
		this.#feed?.nudge();
	}

	/**
	 * The line broke. If the room's sound arrives all the same, somebody else has taken the floor, and sending again
	 * would take it back from them, for ever in turns.
	 */
	#retry(): void {
		if (!this.wanted) return;
		const isTaken = this.#wasConnected && this.channel?.air === 'on';
		if (!isTaken) {
			this.#brokenAt = 0;
			this.#line.publish();
		} else if (Date.now() - this.#brokenAt > CHANNEL_SETTLES_MS) this.#end('replaced');
	}

	#onSource(): void {
		if (!this.wanted) return;
		if (!this.source.isOpen) return this.#end('source-gone');
		const { channels } = this.source.choices;
		if (channels === this.#channels) return void this.#line.renewTrack();
		// Mono and stereo are agreed when a session opens.
		this.#channels = channels;
		this.#line.release();
		this.#line.publish();
	}

	async #tick(): Promise<void> {
		this.now = Date.now();
		if (this.wanted && this.line.kind === 'idle') this.#retry();
		const counters = await this.#line.measure();
		if (!counters || this.line.kind !== 'connected') return;
		this.quality = this.#uplink.look(counters, performance.now()) ?? this.quality;
	}
}
