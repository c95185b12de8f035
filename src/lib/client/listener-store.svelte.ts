import { heard, type Heard } from '#lib/domain/listening/heard.ts';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import type { ReadTicket } from '#lib/protocol/booth.ts';
import type { ChannelState, ListenSnapshot } from '#lib/protocol/listen.ts';
import { CaptionsStore } from './captions-store.svelte.ts';
import { LONGEST_DELAY_MS, wakeDelays } from './delay-graph.ts';
import { EventBoard } from './event-board.svelte.ts';
import { FIRST_CHOICES, rememberChoices, type Choices } from './listener-memory.ts';
import { NetworkWatch } from './network-watch.svelte.ts';
import { radioStatus, type RadioStatus } from './radio-status.ts';
import { createFigureLog } from './sound-figures.ts';
import { createTuner, type Sounding, type Tuner, type TunerElements } from './tuner.ts';
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
/** A phone call may last so long and the sound comes back by itself after it. */
const INTERRUPTION_MS = 15 * 60_000;

/**
 * The radio of one page: which channels there are, which is chosen, what is heard. Components read its fields
 * and call its verbs; nothing else decides.
 */
export class ListenerStore {
	readonly board: EventBoard;
	#wanted = $state<'sound' | 'none'>('none');
	#stopped = $state<'blocked' | 'interrupted' | null>(null);
	#line = $state.raw<WhepStatus | null>(null);
	#delay = $state<number | null>(null);
	readonly #network = new NetworkWatch();

	/** Slug of the room, null for the main room. */
	room = $state<string | null>(null);
	choices = $state.raw<Choices>(FIRST_CHOICES);
	/** Code of the chosen channel, or `floor`. */
	language = $state.raw<LanguageCode>(FLOOR);
	/** False where only the phone's own buttons set the volume (iOS). */
	canSetVolume = $state(true);
	readonly channels = $derived.by(() =>
		this.board.channels.filter((channel) => channel.room === this.room)
	);
	readonly heard: Heard<ChannelState> = $derived(
		heard(this.channels, this.language, this.choices.standIn)
	);
	readonly roomNow = $derived.by(
		() =>
			this.board.rooms.find((one) => (this.room === null ? one.main : one.slug === this.room)) ??
			null
	);
	/** How long sound is held back: what the organiser set and what the listener added, ms. */
	readonly heldBackMs = $derived(
		Math.min(LONGEST_DELAY_MS, Math.max(0, (this.roomNow?.delayMs ?? 0) + this.choices.fineDelayMs))
	);
	/** The sound that is heard now, as it comes from the channel. */
	sounding = $state.raw<Sounding | null>(null);
	/** How far behind live a replay is, seconds; null while there is none. */
	behindS = $state<number | null>(null);
	/** Whether the channel that is heard agreed to be kept, even for a replay. */
	readonly mayKeep = $derived.by(() =>
		this.board.channels.some(({ path, replay }) => replay && path === this.sounding?.path)
	);
	readonly playing = $derived(this.#wanted === 'sound');
	readonly status: RadioStatus = $derived(
		radioStatus({
			wanted: this.#wanted,
			stopped: this.#stopped,
			heard: this.heard,
			line: this.#line,
			delay: this.#delay === null ? null : this.#delay + this.heldBackMs / 1000,
			captionsOnly: this.choices.captionsOnly,
			behindS: this.behindS,
			offlineSince: this.#network.offlineSince
		})
	);

	readonly captions: CaptionsStore;
	/** Booth id of another channel to read than the one that is heard. */
	captionChoice = $state<number | null>(null);
	/** Booth id of the channel whose captions belong to what is heard; null: it has none. */
	readonly captioned = $derived.by((): number | null => {
		const chosen = this.channels.find(({ booth }) => booth === this.captionChoice);
		if (chosen?.captions === true) return chosen.booth;
		const channel =
			this.heard.kind === 'nothing'
				? this.channels.find(({ language }) => language === this.language)
				: this.heard.channel;
		return channel?.captions === true ? channel.booth : null;
	});

	#tuner: Tuner | null = null;
	#pushTimer: ReturnType<typeof setTimeout> | undefined;
	#interruption: ReturnType<typeof setTimeout> | undefined;
	/** What was counted of the line that plays, for whoever says that it sounds bad. */
	readonly figures = createFigureLog();

	constructor(start: ListenerStart) {
		this.captions = new CaptionsStore(start.snapshot.event.slug);
		this.board = new EventBoard(start.snapshot, start.ticket, this.captions.link);
		this.room = start.room;
		this.language = start.language;
	}

	/**
	 * Begins to work in the browser; the returned function ends everything.
	 *
	 * @param known when the snapshot was made, epoch ms of this phone; null for a fresh one
	 */
	attach(elements: TunerElements, choices: Choices, known: number | null): () => void {
		const { tickets, detach } = this.board.attach(known, () => {
			this.#tuner?.setDelay(this.heldBackMs);
			this.#tuneIn();
		});
		this.#tuner = createTuner(elements, tickets, {
			onStatus: (status) => this.#onLine(status),
			onDelay: (seconds) => this.#onDelay(seconds),
			onMeasured: (measured) => this.figures.add(measured),
			onStream: (sounding) => (this.sounding = sounding),
			onStopped: (why) => this.#stop(why),
			onResumed: () => this.play()
		});
		this.choices = choices;
		this.#tuner.setVolume(choices.volume);
		this.#tuner.setDelay(this.heldBackMs);
		// iOS keeps the volume of every element at 1.
		elements[0].volume = 0.5;
		this.canSetVolume = elements[0].volume === 0.5;

		const unwatch = this.#network.attach(() => {
			this.board.nudge();
			if (this.#stopped === 'interrupted') this.#tuner?.resume();
		});
		const isRead = this.captions.wanted && this.captioned !== null;
		this.#pushAfter(isRead ? PUSH_FOR_READERS_MS : PUSH_WITHOUT_SOUND_MS);

		return () => {
			unwatch();
			clearTimeout(this.#pushTimer);
			clearTimeout(this.#interruption);
			this.#tuner?.close();
			this.captions.close();
			detach();
			this.#tuner = null;
		};
	}

	/** Picks a channel and plays it; call it from a tap. */
	choose(language: LanguageCode): void {
		this.language = language;
		this.set({ language });
		this.play();
	}

	/** Goes to another room and stays with the language there, or takes the floor where it has no booth. */
	enter(room: string | null): void {
		this.room = room;
		const isThere = this.channels.some((channel) => channel.language === this.language);
		if (!isThere) this.language = FLOOR;
		this.set({ room });
		this.#tuner?.setDelay(this.heldBackMs);
		this.#tuneIn();
	}

	/** Call it from a tap. */
	play(): void {
		// A line that failed for good is opened anew: a person asking again is a good reason to try.
		if (this.#line?.kind === 'failed') this.#tuner?.tune(null);
		if (this.choices.captionsOnly) this.set({ captionsOnly: false });
		clearTimeout(this.#interruption);
		this.#stopped = null;
		this.#wanted = 'sound';
		this.#tuner?.unlock();
		this.#tuner?.resume();
		if (this.heldBackMs > 0) wakeDelays();
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

	/** Shows or hides captions, and remembers it. */
	wantCaptions(captions: boolean): void {
		this.captions.want(captions);
		if (captions) this.board.push();
		this.set({ captions });
	}

	/** Changes choices, and remembers them; call it from a tap. */
	set(changed: Partial<Choices>): void {
		this.choices = { ...this.choices, ...changed };
		rememberChoices(this.board.event.slug, this.choices);
		if (changed.volume !== undefined) this.#tuner?.setVolume(changed.volume);
		if (changed.fineDelayMs !== undefined) {
			if (this.heldBackMs > 0) wakeDelays();
			this.#tuner?.setDelay(this.heldBackMs);
		}
		if (changed.captionsOnly === true) this.pause();
		this.#tuneIn();
	}

	/** Silences the live sound for a replay, which is part of the same radio. */
	hush(quiet: boolean): void {
		this.#tuner?.hush(quiet);
	}

	/** How loud a replay has to be to be as loud as the channel, 0–1. */
	loudnessNow(): number {
		return this.choices.volume * (this.#tuner?.gain() ?? 1);
	}

	#stop(why: 'blocked' | 'interrupted' | null): void {
		clearTimeout(this.#interruption);
		this.#stopped = why;
		this.#wanted = 'none';
		this.#delay = null;
		// The line stays open for a while, so that the sound is there when the call ends.
		if (why === 'interrupted')
			this.#interruption = setTimeout(() => this.#stop('blocked'), INTERRUPTION_MS);
		this.#tuneIn();
	}

	/** The lines follow what should be heard, whoever changed it. */
	#tuneIn(): void {
		const tuner = this.#tuner;
		if (this.#stopped === 'interrupted' || !tuner) return;
		if (this.#wanted === 'none') {
			tuner.tuneUnder(null, 0);
			return tuner.tune(null);
		}
		const { heard, choices } = this;
		const channel = heard.kind === 'nothing' ? heard.waitOn : heard.channel;
		tuner.tune(channel?.path ?? null);
		const floor = this.channels.find(({ language, air }) => language === FLOOR && air === 'on');
		const isUnder = heard.kind === 'interpretation' && choices.underLevel > 0;
		tuner.tuneUnder(isUnder && floor ? floor.path : null, choices.underLevel);
	}

	#pushAfter(ms: number): void {
		clearTimeout(this.#pushTimer);
		this.#pushTimer = setTimeout(() => this.board.push(), ms);
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
