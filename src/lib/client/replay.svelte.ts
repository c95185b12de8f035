import { withoutPauses } from '#lib/domain/listening/pauses.ts';
import { createReplayBuffer } from './replay-buffer.ts';
import { wavOf } from './wav.ts';

/** How far back a replay goes. */
export const REPLAY_S = 30;
/** With less than this in hand a replay says nothing. */
const LEAST_S = 2;
/** After the missed part what was said meanwhile is played faster, at the same pitch, until it is live again. */
const CATCH_UP_RATE = 1.3;
/** So close to live the sound crosses back. */
const LIVE_ENOUGH_MS = 900;
/** The next part is fetched this long before the one that plays ends: to decode half a minute takes a while. */
const AHEAD_MS = 700;

export type LiveSound = {
	/** Silences the live sound, or brings it back; it goes on arriving and being kept. */
	hush(quiet: boolean): void;
	/** 0–1, as the live sound is heard. */
	volume(): number;
	/** How long the live sound is held back, ms. */
	heldBackMs(): number;
};

/** "What did they say?": plays the last half minute again, then catches up with what was said meanwhile. */
export class Replay {
	readonly #live: LiveSound;
	readonly #buffer = createReplayBuffer();
	#elements: [HTMLAudioElement, HTMLAudioElement] | null = null;
	#run = 0;
	#kept = $state(0);

	/** How far behind the live sound the replay is, seconds; null while there is none. */
	behind = $state<number | null>(null);
	readonly available = $derived(this.#kept >= LEAST_S);

	constructor(live: LiveSound) {
		this.#live = live;
	}

	/** Keeps this sound; null where there is none or where it must not be kept. */
	follow(stream: MediaStream | null): () => void {
		this.#buffer.follow(stream);
		this.#kept = 0;
		const counting = setInterval(() => (this.#kept = this.#buffer.kept()), 500);
		return () => {
			clearInterval(counting);
			this.stop();
			this.#buffer.follow(null);
			this.#kept = 0;
		};
	}

	/** Call it from a tap. */
	async start(): Promise<void> {
		this.stop();
		const run = ++this.#run;
		const elements = (this.#elements ??= [new Audio(), new Audio()]);
		// Without a source `play` does nothing but note the tap, which iOS wants for every element.
		for (const element of elements) element.play().catch(() => undefined);
		this.behind = REPLAY_S;
		const heldBackMs = this.#live.heldBackMs();
		let from = performance.now() - heldBackMs - REPLAY_S * 1000;
		let rate = 1;
		let before: Promise<void> = Promise.resolve();
		for (let n = 0; run === this.#run; n++) {
			const clip = await this.#buffer.take(from);
			if (run !== this.#run || !clip) break;
			// What is held back has not been heard yet.
			const held = Math.round((heldBackMs / 1000) * clip.rateHz);
			const whole = clip.samples.subarray(0, Math.max(0, clip.samples.length - held));
			const samples = rate === 1 ? whole : withoutPauses(whole, clip.rateHz);
			const element = elements[n % 2 === 0 ? 0 : 1];
			const address = URL.createObjectURL(wavOf(samples, clip.rateHz));
			element.src = address;
			element.preservesPitch = true;
			element.playbackRate = rate;
			element.volume = this.#live.volume();
			await before;
			if (run !== this.#run) {
				URL.revokeObjectURL(address);
				break;
			}
			await element.play().catch(() => undefined);
			this.#live.hush(true);
			const lengthMs = (samples.length / clip.rateHz / rate) * 1000;
			before = ended(element).then(() => URL.revokeObjectURL(address));
			await this.#untilNearlyEnded(element, clip.endsAt - heldBackMs, lengthMs, run);
			from = clip.endsAt;
			rate = CATCH_UP_RATE;
			if (performance.now() - from < LIVE_ENOUGH_MS + AHEAD_MS) {
				await before;
				break;
			}
		}
		if (run === this.#run) this.stop();
	}

	/** Back to the live sound at once. */
	stop(): void {
		this.#run++;
		if (this.behind === null) return;
		this.behind = null;
		this.#live.hush(false);
		for (const element of this.#elements ?? []) {
			element.pause();
			element.removeAttribute('src');
			element.load();
		}
	}

	/** Shows meanwhile how far behind the sound is. */
	async #untilNearlyEnded(
		element: HTMLAudioElement,
		endsAt: number,
		lengthMs: number,
		run: number
	): Promise<void> {
		for (;;) {
			const leftMs = lengthMs - (element.currentTime * 1000) / element.playbackRate;
			if (run !== this.#run || element.ended || leftMs <= AHEAD_MS) return;
			const position = endsAt - leftMs * element.playbackRate;
			this.behind = Math.max(0, Math.round((performance.now() - position) / 1000));
			await new Promise((resolve) => setTimeout(resolve, Math.min(250, leftMs - AHEAD_MS)));
		}
	}
}

function ended(element: HTMLAudioElement): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			element.removeEventListener('ended', done);
			element.removeEventListener('emptied', done);
			resolve();
		};
		element.addEventListener('ended', done);
		element.addEventListener('emptied', done);
	});
}
