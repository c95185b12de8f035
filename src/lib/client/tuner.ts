import { createLoudnessMatch } from './loudness-match.ts';
import type { TicketSource } from './read-ticket.ts';
import { openSoundLine, type SoundLine } from './sound-line.ts';
import type { Measured } from './whep-session.ts';
import type { WhepStatus } from './whep.ts';

/**
 * Turns from channel to channel on two audio elements: the former channel goes on until the new one sounds,
 * then they cross. Never two at once beyond that crossing, but for the floor underneath when it is wanted.
 */
export type Tuner = {
	/**
	 * Call it inside a tap: browsers that want a tap per element (iOS) then let both play later on, when a
	 * channel changes by itself.
	 */
	unlock(): void;
	/** The channel to hear, or null for none. The last call wins, however fast they come. */
	tune(path: string | null): void;
	/** Another channel underneath the one to hear, at a part of its loudness, 0–1; null for none. */
	tuneUnder(path: string | null, level: number): void;
	/** 0–1 */
	setVolume(volume: number): void;
	/** How long sound is held back, ms. */
	setDelay(ms: number): void;
	/** Silences the live sound for a replay, or brings it back; the lines stay open. */
	hush(quiet: boolean): void;
	/** Plays on after an interruption. */
	resume(): void;
	/** The part of the heard channel's sound that is let through, 0–1. */
	gain(): number;
	nudge(): void;
	close(): void;
};

/** A channel's sound before volume, delay and fades. */
export type Sounding = { readonly path: string; readonly stream: MediaStream };

export type TunerEvents = {
	/** Of the channel being tuned to; null when there is none. */
	readonly onStatus: (status: WhepStatus | null) => void;
	readonly onDelay: (seconds: number) => void;
	readonly onMeasured: (measured: Measured) => void;
	/** What is heard comes from another channel or session now; null when nothing is. */
	readonly onStream: (sounding: Sounding | null) => void;
	readonly onStopped: (why: 'blocked' | 'interrupted') => void;
	readonly onResumed: () => void;
};

/** Two that take turns, and one for the floor underneath. */
export type TunerElements = readonly [HTMLAudioElement, HTMLAudioElement, HTMLAudioElement];

const CROSS_MS = 180;
/** Longer than this nobody wants to hear the channel they turned away from. */
const FORMER_PATIENCE_MS = 1_200;
const UNDER_FADE_MS = 600;

export function createTuner(
	[first, second, below]: TunerElements,
	tickets: TicketSource,
	events: TunerEvents
): Tuner {
	const { onStatus, onDelay, onMeasured, onStream, onStopped, onResumed } = events;
	const loudness = createLoudnessMatch();
	let volume = 1;
	let delayMs = 0;
	let hushed = false;
	let current: SoundLine | null = null;
	let coming: SoundLine | null = null;
	let leaving: SoundLine | null = null;
	let under: SoundLine | null = null;
	let underLevel = 0;
	let patience: ReturnType<typeof setTimeout> | undefined;

	const full = () => (hushed ? 0 : 1);
	const lines = () => [current, coming, leaving, under];

	function letGo(line: SoundLine | null): void {
		leaving?.close();
		leaving = line;
		void line?.fadeTo(0, CROSS_MS).then(() => {
			line.close();
			if (leaving === line) leaving = null;
		});
	}

	function measure(path: string, measured: Measured, applied: number | null): void {
		loudness.measured(path, measured, applied);
		for (const line of lines()) line?.setGain(loudness.gain(line.path));
	}

	function open(path: string, element: HTMLAudioElement): Omit<LineOf, 'onStatus'> {
		return {
			path,
			element,
			tickets,
			volume,
			delayMs,
			gain: loudness.gain(path),
			onDelay: () => undefined,
			onMeasured: (measured, applied) => measure(path, measured, applied),
			onStream: () => undefined,
			onStopped,
			onResumed
		};
	}

	function openMain(path: string): SoundLine {
		const element = first === current?.element ? second : first;
		// A channel still fading out on that element has to go at once.
		if (leaving?.element === element) letGo(null);
		const options = open(path, element);
		const line: SoundLine = openSoundLine({
			...options,
			onDelay,
			onMeasured(measured, applied) {
				options.onMeasured(measured, applied);
				if (line === current) onMeasured(measured);
			},
			onStream(stream) {
				if (line === current) onStream({ path, stream });
			},
			onStatus(status) {
				if (status.kind === 'closed') return;
				if (status.kind === 'playing' && line === coming) arrive(line);
				if (line === (coming ?? current)) onStatus(status);
			}
		});
		return line;
	}

	function arrive(line: SoundLine): void {
		clearTimeout(patience);
		const former = current;
		current = line;
		coming = null;
		letGo(former);
		const stream = line.stream();
		onStream(stream && { path: line.path, stream });
		void line.fadeTo(full(), CROSS_MS);
	}

	return {
		unlock() {
			// Without a source `play` does nothing but note the tap; its promise may never settle.
			for (const element of [first, second, below]) element.play().catch(() => undefined);
		},
		tune(path) {
			if (path === ((coming ?? current)?.path ?? null)) return;
			clearTimeout(patience);
			coming?.close();
			coming = null;
			if (path === null) {
				letGo(current);
				current = null;
				onStream(null);
				onStatus(null);
			} else if (path === current?.path) {
				void current.fadeTo(full(), CROSS_MS);
				onStatus({ kind: 'playing', since: Date.now() });
			} else {
				const former = current;
				// A newcomer that is held back comes later by just that.
				const waitMs = FORMER_PATIENCE_MS + delayMs;
				patience = setTimeout(() => void former?.fadeTo(0, CROSS_MS), waitMs);
				onStatus({ kind: 'connecting' });
				coming = openMain(path);
			}
		},
		tuneUnder(path, level) {
			underLevel = level;
			if (path !== (under?.path ?? null)) {
				const former = under;
				under = null;
				former?.close();
				if (path !== null) {
					const line: SoundLine = openSoundLine({
						...open(path, below),
						// What is underneath is never worth a word: the channel above says how things are.
						onStatus(status) {
							if (status.kind === 'playing') void line.fadeTo(full() * underLevel, UNDER_FADE_MS);
						}
					});
					under = line;
				}
			} else void under?.fadeTo(full() * level, CROSS_MS);
		},
		setVolume(next) {
			volume = next;
			for (const line of lines()) line?.setVolume(next);
		},
		setDelay(ms) {
			delayMs = ms;
			for (const line of [current, coming, under]) line?.setDelay(ms);
		},
		hush(quiet) {
			hushed = quiet;
			void current?.fadeTo(full(), CROSS_MS);
			void under?.fadeTo(full() * underLevel, CROSS_MS);
		},
		resume() {
			for (const line of [current, under]) line?.resume();
		},
		gain: () => (current ? loudness.gain(current.path) : 1),
		nudge() {
			for (const line of lines()) line?.nudge();
		},
		close() {
			clearTimeout(patience);
			for (const line of lines()) line?.close();
			current = coming = leaving = under = null;
		}
	};
}

type LineOf = Parameters<typeof openSoundLine>[0];
