import { createDelayGraph, type DelayGraph } from './delay-graph.ts';
import type { TicketSource } from './read-ticket.ts';
import type { Measured } from './whep-session.ts';
import { openWhep, type WhepStatus } from './whep.ts';

/**
 * One channel playing in one `<audio>` element. A plain element, not Web Audio: it goes on playing while the
 * phone is locked.
 */
export type SoundLine = {
	readonly path: string;
	readonly element: HTMLAudioElement;
	/** Loudness of the whole page, 0–1; what `fadeTo` reaches is a part of it. */
	setVolume(volume: number): void;
	/** The part of this channel's sound that makes it as loud as the others, 0–1; glides there. */
	setGain(gain: number): void;
	/** Glides to a part of the volume, 0–1. */
	fadeTo(part: number, ms: number): Promise<void>;
	/** Holds the sound back, ms; 0 takes the audio graph out of the way. */
	setDelay(ms: number): void;
	/** What the channel sounds like now, before volume and fades; null before the first session. */
	stream(): MediaStream | null;
	/** Plays again after something else had the speaker. */
	resume(): void;
	nudge(): void;
	close(): void;
};

export type SoundLineOptions = {
	readonly path: string;
	readonly element: HTMLAudioElement;
	readonly tickets: TicketSource;
	readonly volume: number;
	readonly gain: number;
	readonly delayMs: number;
	/** `playing` is said when the sound can be heard, which is later by the delay. */
	readonly onStatus: (status: WhepStatus) => void;
	readonly onDelay: (seconds: number) => void;
	/** `volume`: of the element, null while a delay stands between. */
	readonly onMeasured: (measured: Measured, volume: number | null) => void;
	/** Another session's sound is played from now on. */
	readonly onStream: (stream: MediaStream) => void;
	/** The browser will not play without another tap, or something else took the speaker (a phone call). */
	readonly onStopped: (why: 'blocked' | 'interrupted') => void;
	/** The speaker was given back without our doing. */
	readonly onResumed: () => void;
};

const FADE_STEP_MS = 20;
/** How much of the way to its gain a channel goes with each step of its measuring. */
const GAIN_GLIDE = 0.35;
const SWAP_FADE_MS = 80;

/** Starts silent; fade it in when its status is `playing`. */
export function openSoundLine(options: SoundLineOptions): SoundLine {
	const { path, element, tickets, onStatus, onDelay, onMeasured, onStopped, onResumed } = options;
	let { volume, gain, delayMs } = options;
	let part = 0;
	let target = 0;
	let fading: ReturnType<typeof setInterval> | undefined;
	let glided: () => void = () => undefined;
	let audible: ReturnType<typeof setTimeout> | undefined;
	let feed: MediaStream | null = null;
	let graph: DelayGraph | null = null;
	let wasInterrupted = false;

	function apply(): void {
		const wanted = volume * part * gain;
		element.volume = wanted;
		// iOS keeps every element at 1; there a channel is switched instead of faded.
		element.muted = Math.abs(element.volume - wanted) > 0.01 && part < 0.5;
	}
	// A `pause` without a stream is the late echo of the line that had this element before.
	function interrupted(): void {
		if (!element.paused || !element.srcObject || wasInterrupted) return;
		wasInterrupted = true;
		onStopped('interrupted');
	}
	function resumed(): void {
		if (!wasInterrupted) return;
		wasInterrupted = false;
		onResumed();
	}
	function play(stream: MediaStream): void {
		element.srcObject = stream;
		element.play().catch((error: unknown) => {
			// AbortError only says that a newer stream took its place.
			if (error instanceof DOMException && error.name === 'NotAllowedError') onStopped('blocked');
		});
	}
	/** Plays what comes, through the graph when a delay is wanted and straight when none is. */
	function route(stream: MediaStream): void {
		if (delayMs === 0) {
			play(stream);
			graph?.close();
			graph = null;
			return;
		}
		const isNew = graph === null;
		graph ??= createDelayGraph(delayMs);
		graph.feed(stream);
		if (isNew) play(graph.stream);
	}
	/** Ends early when another glide begins. */
	function glide(to: number, ms: number): Promise<void> {
		clearInterval(fading);
		glided();
		const from = part;
		const startedAt = performance.now();
		return new Promise((resolve) => {
			glided = resolve;
			fading = setInterval(() => {
				const done = Math.min(1, (performance.now() - startedAt) / ms);
				part = from + (to - from) * done;
				apply();
				if (done < 1) return;
				clearInterval(fading);
				resolve();
			}, FADE_STEP_MS);
		});
	}
	apply();
	element.addEventListener('pause', interrupted);
	element.addEventListener('playing', resumed);

	let saidPlaying = false;
	const whep = openWhep({
		path,
		tickets,
		onDelay,
		onMeasured: (measured) => onMeasured(measured, graph === null ? element.volume : null),
		onStatus(status) {
			clearTimeout(audible);
			const isFirst = status.kind === 'playing' && !saidPlaying;
			if (!isFirst || delayMs === 0) {
				saidPlaying ||= isFirst;
				return onStatus(status);
			}
			audible = setTimeout(() => {
				saidPlaying = true;
				onStatus({ kind: 'playing', since: Date.now() });
			}, delayMs);
		},
		onStream(stream) {
			feed = stream;
			route(stream);
			options.onStream(stream);
		}
	});

	return {
		path,
		element,
		stream: () => feed,
		fadeTo(next, ms) {
			target = next;
			return glide(next, ms);
		},
		nudge: whep.nudge,
		setVolume(next) {
			volume = next;
			apply();
		},
		setGain(next) {
			gain += (next - gain) * GAIN_GLIDE;
			apply();
		},
		setDelay(ms) {
			if (ms === delayMs) return;
			delayMs = ms;
			// Faded out and in again: a jump in time would click.
			void glide(0, SWAP_FADE_MS).then(() => {
				if (delayMs > 0) graph?.setDelay(delayMs);
				if (feed && (delayMs === 0) !== (graph === null)) route(feed);
				void glide(target, SWAP_FADE_MS);
			});
		},
		resume() {
			element.play().catch(() => undefined);
		},
		close() {
			clearInterval(fading);
			clearTimeout(audible);
			element.removeEventListener('pause', interrupted);
			element.removeEventListener('playing', resumed);
			whep.close();
			element.pause();
			element.srcObject = null;
			graph?.close();
		}
	};
}
