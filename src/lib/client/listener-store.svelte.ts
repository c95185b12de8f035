import { heard, type Heard } from '#lib/domain/listening/heard.ts';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import type { ReadTicket } from '#lib/protocol/booth.ts';
import type { ChannelState, ListenSnapshot } from '#lib/protocol/listen.ts';
import { CaptionsStore } from './captions-store.svelte.ts';
import { createChannelFeed, type ChannelFeed, type FeedState } from './channel-feed.ts';
import { rememberChoices, rememberKnown, forgetKnown } from './listener-memory.ts';
import { radioStatus, type RadioStatus } from './radio-status.ts';
import { createTicketSource } from './read-ticket.ts';
import { createTuner, type Tuner } from './tuner.ts';
import type { WhepStatus } from './whep.ts';

export type ListenerStart = {
	readonly snapshot: ListenSnapshot;
	/** Slug of the room, null for the main room. */
	readonly room: string | null;
	readonly ticket: ReadTicket | null;
	readonly language: LanguageCode;
};

/** A listener who does not press play still sees what goes on air, soon enough pushed instead of polled. */
const PUSH_WITHOUT_SOUND_MS = 20_000;
/** Somebody who reads waits for the captions and not for a sound. */
const PUSH_FOR_READERS_MS = 4_000;
/** The first sound has the network to itself; then the code of the socket is fetched. */
const PUSH_AFTER_SOUND_MS = 800;
/** Smaller changes of the delay are noise; showing them would make the line flicker. */
const DELAY_STEP_S = 0.1;

/**
 * The radio of one page: which channels there are, which is chosen, what is heard. Components read its fields
 * and call its verbs; nothing else decides.
 */
export class ListenerStore {
	readonly event: ListenSnapshot['event'];
	readonly #room: string | null;
	readonly #start: ListenerStart;

	#all = $state.raw<readonly ChannelState[]>([]);
	#wanted = $state<'sound' | 'none'>('none');
	#stopped = $state<'blocked' | 'interrupted' | null>(null);
	#line = $state.raw<WhepStatus | null>(null);
	#delay = $state<number | null>(null);
	#offlineSince = $state<number | null>(null);

	/** Code of the chosen channel, or `floor`. */
	language = $state.raw<LanguageCode>(FLOOR);
	/** 0–1 */
	volume = $state(1);
	/** False where only the phone's own buttons set the volume (iOS). */
	canSetVolume = $state(true);
	feed = $state<FeedState>('fresh');
	/** When the channels were last known for certain, epoch ms of this phone. */
	knownAt = $state(0);
	/** Clock of the server minus this phone's, ms: `since` of a channel is on the server's. */
	clockOffset = $state(0);

	readonly channels = $derived(this.#all.filter((channel) => channel.room === this.#room));
	readonly heard: Heard<ChannelState> = $derived(heard(this.channels, this.language));
	readonly playing = $derived(this.#wanted === 'sound');
	readonly status: RadioStatus = $derived(
		radioStatus({
			wanted: this.#wanted,
			stopped: this.#stopped,
			heard: this.heard,
			line: this.#line,
			delay: this.#delay,
			offlineSince: this.#offlineSince
		})
	);

	readonly captions: CaptionsStore;
	/** Booth id of the channel whose captions belong to what is heard; null: it has none. */
	readonly captioned = $derived.by((): number | null => {
		const channel =
			this.heard.kind === 'nothing'
				? this.channels.find(({ language }) => language === this.language)
				: this.heard.channel;
		return channel?.captions === true ? channel.booth : null;
	});

	#tuner: Tuner | null = null;
	#channelFeed: ChannelFeed | null = null;
	#pushTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(start: ListenerStart) {
		this.#start = start;
		this.event = start.snapshot.event;
		this.captions = new CaptionsStore(this.event.slug);
		this.#room = start.room;
		this.#all = start.snapshot.channels;
		this.language = start.language;
	}

	/**
	 * Begins to work in the browser; the returned function ends everything.
	 *
	 * @param known when the snapshot was made, epoch ms of this phone; null for a fresh one
	 */
	attach(
		elements: readonly [HTMLAudioElement, HTMLAudioElement],
		volume: number,
		known: number | null
	): () => void {
		const slug = this.event.slug;
		let ticket = this.#start.ticket;
		const tickets = createTicketSource(
			`/api/events/${encodeURIComponent(slug)}/read-ticket`,
			ticket,
			(renewed) => {
				ticket = renewed;
				remember();
			}
		);
		let snapshot = this.#start.snapshot;
		const remember = () => rememberKnown(slug, { snapshot, ticket, at: Date.now() });

		this.#tuner = createTuner(elements, tickets, {
			onStatus: (status) => this.#onLine(status),
			onDelay: (seconds) => this.#onDelay(seconds),
			onStopped: (why) => this.#stop(why)
		});
		this.#channelFeed = createChannelFeed({
			event: slug,
			captions: this.captions.link,
			onState: (state) => {
				this.feed = state;
				if (state === 'refused') forgetKnown(slug);
			},
			onSnapshot: (next) => {
				snapshot = next;
				this.#know(next.channels, next.serverNow);
				remember();
			},
			onChannels: (changed) => {
				const latest = (channel: ChannelState) =>
					changed.find(({ booth }) => booth === channel.booth) ?? channel;
				this.#know(this.#all.map(latest), null);
			}
		});

		this.knownAt = known ?? Date.now();
		if (known === null) {
			this.clockOffset = snapshot.serverNow - Date.now();
			remember();
		} else {
			this.feed = 'stale';
			this.#channelFeed.nudge();
		}
		this.#setVolume(volume);
		// iOS keeps the volume of every element at 1.
		elements[0].volume = 0.5;
		this.canSetVolume = elements[0].volume === 0.5;

		const onNetwork = () => {
			this.#offlineSince = navigator.onLine ? null : (this.#offlineSince ?? Date.now());
			if (navigator.onLine) this.#channelFeed?.nudge();
		};
		const onVisible = () => {
			if (document.visibilityState === 'visible') this.#channelFeed?.nudge();
		};
		onNetwork();
		addEventListener('online', onNetwork);
		addEventListener('offline', onNetwork);
		document.addEventListener('visibilitychange', onVisible);
		const isRead = this.captions.wanted && this.captioned !== null;
		this.#pushAfter(isRead ? PUSH_FOR_READERS_MS : PUSH_WITHOUT_SOUND_MS);

		return () => {
			removeEventListener('online', onNetwork);
			removeEventListener('offline', onNetwork);
			document.removeEventListener('visibilitychange', onVisible);
			clearTimeout(this.#pushTimer);
			this.#tuner?.close();
			this.#channelFeed?.close();
			this.captions.close();
			this.#tuner = this.#channelFeed = null;
		};
	}

	/** Picks a channel and plays it; call it from a tap. */
	choose(language: LanguageCode): void {
		this.language = language;
		this.#remember();
		this.play();
	}

	/** Call it from a tap. */
	play(): void {
		// A line that failed for good is opened anew: a person asking again is a good reason to try.
		if (this.#line?.kind === 'failed') this.#tuner?.tune(null);
		this.#stopped = null;
		this.#wanted = 'sound';
		this.#tuner?.unlock();
		this.#tuneIn();
	}

	pause(): void {
		this.#stop(null);
	}

	toggle(): void {
		if (this.playing) this.pause();
		else this.play();
	}

	/** To the next (1) or previous (-1) channel of the list. */
	step(by: 1 | -1): void {
		const at = this.channels.findIndex((channel) => channel.language === this.language);
		const next = this.channels.at((at + by + this.channels.length) % this.channels.length);
		if (next) this.choose(next.language);
	}

	setVolume(volume: number): void {
		this.#setVolume(volume);
		this.#remember();
	}

	/** Shows or hides captions, and remembers it. */
	wantCaptions(wanted: boolean): void {
		this.captions.want(wanted);
		if (wanted) this.#channelFeed?.push();
		this.#remember();
	}

	#setVolume(volume: number): void {
		this.volume = volume;
		this.#tuner?.setVolume(volume);
	}

	#remember(): void {
		const { language, volume, captions } = this;
		rememberChoices(this.event.slug, { language, volume, captions: captions.wanted });
	}

	#know(channels: readonly ChannelState[], serverNow: number | null): void {
		this.#all = channels;
		this.knownAt = Date.now();
		if (serverNow !== null) this.clockOffset = serverNow - Date.now();
		this.#tuneIn();
	}

	#stop(why: 'blocked' | 'interrupted' | null): void {
		this.#stopped = why;
		this.#wanted = 'none';
		this.#delay = null;
		this.#tuneIn();
	}

	/** The line follows what should be heard, whoever changed it. */
	#tuneIn(): void {
		if (this.#wanted === 'none') return this.#tuner?.tune(null);
		const channel = this.heard.kind === 'nothing' ? this.heard.waitOn : this.heard.channel;
		this.#tuner?.tune(channel?.path ?? null);
	}

	#pushAfter(ms: number): void {
		clearTimeout(this.#pushTimer);
		this.#pushTimer = setTimeout(() => this.#channelFeed?.push(), ms);
	}

	#onLine(status: WhepStatus | null): void {
		this.#line = status;
		if (status?.kind === 'playing') this.#pushAfter(PUSH_AFTER_SOUND_MS);
	}

	#onDelay(seconds: number): void {
		if (this.#delay === null || Math.abs(this.#delay - seconds) > DELAY_STEP_S)
			this.#delay = seconds;
	}
}
