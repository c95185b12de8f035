import {
	aggregate,
	CAPTION_LIMITS,
	NO_CAPTIONS,
	type Aggregator
} from '#lib/domain/captions/aggregate.ts';
import type { CaptionFault } from '#lib/domain/captions/fault.ts';
import type { CaptionEvent, Fragment } from '#lib/domain/captions/fragment.ts';
import { wordMask } from '#lib/domain/captions/mask.ts';
import { pcmMs } from './pcm.ts';
import { Backlog } from './providers/backlog.ts';
import type { SpeechProvider, SpeechSettings, SpeechStream } from './providers/provider.ts';
import { SentClock } from './sound-clock.ts';

/** So much speech sent without a word coming back, and the provider is not listening. */
export const SILENT_PROVIDER_MS = 40_000;

export type CaptionStreamSettings = SpeechSettings & {
	readonly provider: SpeechProvider;
	readonly hiddenWords: readonly string[];
	readonly silentProviderMs?: number;
};

export type CaptionStreamListener = {
	ready(): void;
	/** Words came: the provider works. */
	text(): void;
	/** The provider's stream is over and its last words are captions. */
	ended(fault: CaptionFault | null): void;
	/** Times in epoch ms. */
	caption(event: CaptionEvent): void;
};

/**
 * From speech to captions: the provider's streams, one after the other and never two at once, and one
 * aggregator for all of them, so that utterances are counted on whatever happens to a provider.
 */
export class CaptionStream {
	readonly #settings: CaptionStreamSettings;
	readonly #listener: CaptionStreamListener;
	readonly #mask: (text: string) => string;
	#captions: Aggregator = NO_CAPTIONS;
	#stream: SpeechStream | null = null;
	/**
	 * Speech that waits for a stream: while none is open, the one before is still saying its last words, or the
	 * new one has not let us in. A stream that never does takes nothing with it.
	 */
	readonly #waiting: Backlog;
	#clock = new SentClock();
	#speechAt = 0;
	#unansweredMs = 0;
	/** Why we closed the stream ourselves. */
	#failed: CaptionFault | null = null;
	#state: 'none' | 'opening' | 'open' | 'ending' | 'ending-then-open' = 'none';

	constructor(settings: CaptionStreamSettings, listener: CaptionStreamListener) {
		this.#settings = settings;
		this.#listener = listener;
		this.#mask = wordMask(settings.hiddenWords);
		this.#waiting = new Backlog(settings.provider.rateHz);
	}

	/** Somebody began to speak at `at` (epoch ms). */
	speechAt(at: number): void {
		this.#speechAt = at;
	}

	/** Speech heard from `at` on. */
	write(pcm: Buffer, at: number): void {
		if (this.#stream === null || this.#state !== 'open') {
			this.#waiting.add(pcm, at);
			return;
		}
		const ms = pcmMs(pcm, this.#settings.provider.rateHz);
		this.#clock.sent(ms, at);
		this.#unansweredMs += ms;
		this.#stream.write(pcm);
		if (this.#unansweredMs > (this.#settings.silentProviderMs ?? SILENT_PROVIDER_MS))
			this.#fail({
				code: 'provider_silent',
				detail: `${this.#settings.provider.name} says nothing`
			});
	}

	/** The speaker paused. */
	pause(): void {
		if (this.#stream === null || this.#state !== 'open') this.#waiting.add('pause', 0);
		else this.#stream.pause();
	}

	/** Opens the provider, as soon as the one before has said its last words. */
	open(): void {
		if (this.#state === 'ending') this.#state = 'ending-then-open';
		if (this.#state !== 'none') return;
		this.#state = 'opening';
		this.#clock = new SentClock();
		this.#unansweredMs = 0;
		let over = false;
		this.#stream = this.#settings.provider.open(this.#settings, {
			ready: () => {
				if (!over) this.#ready();
			},
			fragment: (fragment) => {
				if (!over) this.#take(fragment);
			},
			ended: (fault) => {
				if (over) return;
				over = true;
				this.#streamEnded(fault);
			}
		});
	}

	/** Lets the provider say its last words; `ended(null)` tells when it has. Safe when none is open. */
	end(): void {
		if (this.#state === 'ending-then-open') this.#state = 'ending';
		// A stream that is only being opened keeps what it gets, and says it if it is let in soon.
		if (this.#state === 'opening') this.#handOver();
		if (this.#state !== 'open') return;
		this.#state = 'ending';
		this.#stream?.finish();
	}

	/** Whether a provider's stream is open or still saying its last words. */
	get busy(): boolean {
		return this.#state !== 'none';
	}

	#ready(): void {
		if (this.#state !== 'opening') return;
		this.#listener.ready();
		this.#handOver();
	}

	#handOver(): void {
		this.#state = 'open';
		for (const { item, at } of this.#waiting.take()) {
			if (item === 'pause') this.pause();
			else this.write(item, at);
		}
	}

	#fail(fault: CaptionFault): void {
		const stream = this.#stream;
		if (stream === null) return;
		this.#failed = fault;
		stream.close();
	}

	#streamEnded(fault: CaptionFault | null): void {
		this.#stream = null;
		const again = this.#state === 'ending-then-open';
		const asked = this.#state !== 'open' && this.#state !== 'opening';
		this.#state = 'none';
		// What was only guessed when the provider went was said all the same.
		this.#take({ type: 'utterance-end' });
		const why = this.#failed ?? fault;
		this.#failed = null;
		if (again) this.open();
		else this.#listener.ended(asked ? null : why);
	}

	#take(fragment: Fragment): void {
		this.#unansweredMs = 0;
		const step = aggregate(this.#captions, this.#heard(fragment), this.#clock.headAt, {
			language: this.#settings.language ?? 'und',
			limits: CAPTION_LIMITS
		});
		this.#captions = step.state;
		if ('text' in fragment && fragment.text !== '') this.#listener.text();
		for (const event of step.events)
			this.#listener.caption({ ...event, text: this.#mask(event.text) });
	}

	/** The fragment with its times as epoch ms: the provider's own, else of the speech it must be about. */
	#heard(fragment: Fragment): Fragment {
		if (fragment.type !== 'interim' && fragment.type !== 'final') return fragment;
		const { startedAt, endedAt } = fragment;
		return {
			...fragment,
			startedAt: startedAt === undefined ? this.#speechAt : this.#clock.heardAt(startedAt),
			endedAt: endedAt === undefined ? this.#clock.headAt : this.#clock.heardAt(endedAt)
		};
	}
}
