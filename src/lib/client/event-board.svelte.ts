import type { ReadTicket } from '#lib/protocol/booth.ts';
import type { ChannelState, ListenRoom, ListenSnapshot } from '#lib/protocol/listen.ts';
import {
	createChannelFeed,
	type ChannelFeed,
	type ChannelFeedOptions,
	type FeedState
} from './channel-feed.ts';
import { forgetKnown, rememberKnown } from './listener-memory.ts';
import { createTicketSource, type TicketSource } from './read-ticket.ts';

/** What is known of an event: its rooms and channels, kept up to date and remembered for a time without network. */
export class EventBoard {
	event = $state.raw<ListenSnapshot['event']>({ slug: '', name: '', notes: '' });
	rooms = $state.raw<readonly ListenRoom[]>([]);
	channels = $state.raw<readonly ChannelState[]>([]);
	/** Translations and transcripts; null where the phone remembers the event from before there were any. */
	offers = $state.raw<ListenSnapshot['offers'] | null>(null);
	feed = $state<FeedState>('fresh');
	/** When the channels were last known for certain, epoch ms of this phone. */
	knownAt = $state(0);
	/** Clock of the server minus this phone's, ms: `since` of a channel is on the server's. */
	clockOffset = $state(0);

	#snapshot: ListenSnapshot;
	#ticket: ReadTicket | null;
	readonly #captions: ChannelFeedOptions['captions'];
	#channelFeed: ChannelFeed | null = null;

	/** @param captions reads captions over the same socket */
	constructor(
		snapshot: ListenSnapshot,
		ticket: ReadTicket | null,
		captions: ChannelFeedOptions['captions']
	) {
		this.#captions = captions;
		this.#snapshot = snapshot;
		this.#ticket = ticket;
		this.event = snapshot.event;
		this.rooms = snapshot.rooms;
		this.channels = snapshot.channels;
		this.offers = snapshot.offers ?? null;
	}

	/**
	 * Begins to follow the event; `push` and `nudge` work from here on.
	 *
	 * @param known when the snapshot was made, epoch ms of this phone; null for a fresh one
	 * @param onChange rooms or channels are not what they were
	 */
	attach(known: number | null, onChange: () => void): { tickets: TicketSource; detach(): void } {
		const { slug } = this.event;
		const tickets = createTicketSource(
			`/api/events/${encodeURIComponent(slug)}/read-ticket`,
			this.#ticket,
			(renewed) => {
				this.#ticket = renewed;
				this.#remember();
			}
		);
		const know = (channels: readonly ChannelState[], rooms: readonly ListenRoom[]) => {
			this.channels = channels;
			this.rooms = rooms;
			this.knownAt = Date.now();
			onChange();
		};
		this.#channelFeed = createChannelFeed({
			event: slug,
			...(this.#captions ? { captions: this.#captions } : {}),
			onState: (state) => {
				this.feed = state;
				if (state === 'refused') forgetKnown(slug);
			},
			onSnapshot: (next) => {
				this.#snapshot = next;
				this.event = next.event;
				this.offers = next.offers ?? null;
				this.clockOffset = next.serverNow - Date.now();
				know(next.channels, next.rooms);
				this.#remember();
			},
			onRooms: (rooms) => know(this.channels, rooms),
			onChannels: (changed) => {
				const latest = (channel: ChannelState) =>
					changed.find(({ booth }) => booth === channel.booth) ?? channel;
				know(this.channels.map(latest), this.rooms);
			}
		});
		this.knownAt = known ?? Date.now();
		if (known === null) {
			this.clockOffset = this.#snapshot.serverNow - Date.now();
			this.#remember();
		} else {
			this.feed = 'stale';
			this.#channelFeed.nudge();
		}
		return {
			tickets,
			detach: () => {
				this.#channelFeed?.close();
				this.#channelFeed = null;
			}
		};
	}

	/** Changes are pushed from now on instead of asked for. */
	push(): void {
		this.#channelFeed?.push();
	}

	/** Asks now. */
	nudge(): void {
		this.#channelFeed?.nudge();
	}

	#remember(): void {
		rememberKnown(this.event.slug, {
			snapshot: this.#snapshot,
			ticket: this.#ticket,
			at: Date.now()
		});
	}
}
