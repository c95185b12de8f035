import { fault, type CaptionFault } from '#lib/domain/captions/fault.ts';
import { chosenModel, modelStore, type ModelStore } from '../../models/store.ts';
import { pcmMs, rootMeanSquare, toFloats } from '../../pcm.ts';
import { Backlog } from '../backlog.ts';
import {
	FINISH_MS,
	primaryLanguage,
	type SpeechListener,
	type SpeechProvider,
	type SpeechSettings,
	type SpeechStream
} from '../provider.ts';
import { Segments, type Segment } from '../segments.ts';
import { endedStream } from '../socket-stream.ts';
import { continued, withoutDescriptions, withoutLoops, withoutStockPhrases } from './wording.ts';
import { acquireRecogniser, MODEL_RATE_HZ, type Recogniser } from './recognisers.ts';

/** A guess needs some sound, and another one some more. */
const GUESS_FIRST_MS = 900;
const GUESS_EVERY_MS = 600;
/** So many stretches waiting, and this machine is slower than the speaker. */
const WAITING_MAX = 4;
/** Speech of this loudness and length that gives no text is a fault of the recogniser, not silence. */
const LOUD = 0.02;
const LOUD_MIN_MS = 1_500;
const EMPTY_IN_A_ROW_MAX = 4;

/**
 * Captions without any account: an offline recogniser on this machine. It knows whole stretches only, so
 * guesses come from decoding the growing stretch again and again.
 */
export function localProvider(store: ModelStore = modelStore()): SpeechProvider {
	return {
		name: 'local',
		rateHz: MODEL_RATE_HZ,
		open: (settings, listener) => open(store, settings, listener)
	};
}

function open(store: ModelStore, settings: SpeechSettings, listener: SpeechListener): SpeechStream {
	const installed = chosenModel(store, settings);
	if ('code' in installed) return endedStream(listener, installed);
	return new LocalStream(installed.model.segmentMaxMs, listener).start(
		acquireRecogniser(installed, primaryLanguage(settings.language) ?? '')
	);
}

class LocalStream implements SpeechStream {
	#recogniser: Recogniser | null = null;
	#over = false;
	#finishing: NodeJS.Timeout | undefined;
	readonly #backlog = new Backlog(MODEL_RATE_HZ);
	readonly #segments: Segments;
	readonly #listener: SpeechListener;
	/** Everything that must be said, in its order. */
	#work: Promise<void> = Promise.resolve();
	#waiting = 0;
	#guessing = false;
	#guessedMs = 0;
	#emptyInARow = 0;
	/** What the last stretch said, when no pause came after it: the next one goes on with its sentence. */
	#before = '';

	constructor(segmentMaxMs: number, listener: SpeechListener) {
		this.#segments = new Segments(MODEL_RATE_HZ, segmentMaxMs);
		this.#listener = listener;
	}

	start(acquiring: Promise<Recogniser | CaptionFault>): this {
		void acquiring.then((recogniser) => {
			if ('code' in recogniser) return this.#end(recogniser);
			if (this.#over) return recogniser.release();
			this.#recogniser = recogniser;
			this.#listener.ready();
			for (const { item } of this.#backlog.take()) {
				if (item === 'pause') this.pause();
				else this.write(item);
			}
			if (this.#finishing !== undefined) this.#flush();
		});
		return this;
	}

	write(pcm: Buffer): void {
		if (this.#over) return;
		if (this.#recogniser === null) return this.#backlog.add(pcm);
		const full = this.#segments.add(pcm);
		if (full !== null) this.#say(full, false);
		else this.#guessIfDue();
	}

	pause(): void {
		if (this.#over) return;
		if (this.#recogniser === null) return this.#backlog.add('pause');
		this.#say(this.#segments.take(), true);
	}

	finish(): void {
		if (this.#over || this.#finishing !== undefined) return;
		this.#finishing = setTimeout(() => this.#end(null), FINISH_MS);
		if (this.#recogniser !== null) this.#flush();
	}

	close(): void {
		this.#end(null);
	}

	#flush(): void {
		this.#say(this.#segments.take(), true);
		void this.#work.then(() => this.#end(null));
	}

	#say(segment: Segment | null, pauseAfter: boolean): void {
		this.#guessedMs = 0;
		this.#waiting++;
		if (this.#waiting > WAITING_MAX)
			return this.#end(fault('falling_behind', `${this.#waiting} stretches of speech wait`));
		this.#work = this.#work
			.then(async () => {
				if (segment !== null) await this.#final(segment);
				this.#waiting--;
				if (!pauseAfter || this.#over) return;
				this.#before = '';
				this.#listener.fragment({ type: 'utterance-end' });
			})
			.catch((error: unknown) => this.#end(fault('provider_dropped', String(error))));
	}

	async #final(segment: Segment): Promise<void> {
		const recogniser = this.#recogniser;
		if (recogniser === null || this.#over) return;
		const { startedAt, endedAt } = segment;
		const text = continued(this.#before, await this.#text(recogniser, segment));
		this.#before = text;
		if (!this.#over) this.#listener.fragment({ type: 'final', text, startedAt, endedAt });
	}

	async #text(recogniser: Recogniser, { pcm }: Segment): Promise<string> {
		const samples = toFloats(pcm);
		let text = await recogniser.decode(samples);
		const loud = pcmMs(pcm, MODEL_RATE_HZ) >= LOUD_MIN_MS && rootMeanSquare(samples) >= LOUD;
		if (text.trim() === '' && loud) {
			// Half as much sound is often understood where the whole was not.
			const middle = Math.round(samples.length / 2);
			for (const half of [samples.subarray(0, middle), samples.subarray(middle)])
				text += ` ${await recogniser.decode(half)}`;
		}
		// What was heard and taken for no speech is no fault; hearing nothing in loud speech is.
		this.#emptyInARow = text.trim() === '' && loud ? this.#emptyInARow + 1 : 0;
		if (this.#emptyInARow >= EMPTY_IN_A_ROW_MAX)
			this.#end(fault('provider_silent', 'loud speech gives no text'));
		return said(text, samples.length);
	}

	#guessIfDue(): void {
		const recogniser = this.#recogniser;
		// What must be said comes first; a guess about what follows would overtake it.
		if (recogniser === null || this.#guessing || this.#waiting > 0) return;
		const growing = this.#segments.growing;
		const ms = growing.endedAt - growing.startedAt;
		// On a busy machine guesses come more rarely, so that they leave room for everybody's finals.
		const every = Math.max(GUESS_EVERY_MS, recogniser.usualMs * 3);
		if (ms < GUESS_FIRST_MS || ms - this.#guessedMs < every) return;
		this.#guessing = true;
		this.#guessedMs = ms;
		const samples = toFloats(growing.pcm);
		// The stretch may end meanwhile; its final is the better word.
		const wanted = (): boolean =>
			!this.#over && this.#waiting === 0 && this.#segments.growing.startedAt === growing.startedAt;
		recogniser
			.guess(samples, wanted)
			.then((text) => {
				if (text === null || !wanted()) return;
				const { startedAt, endedAt } = growing;
				const guess = continued(this.#before, said(text, samples.length));
				if (guess !== '')
					this.#listener.fragment({ type: 'interim', text: guess, startedAt, endedAt });
			})
			.catch((error: unknown) => this.#end(fault('provider_dropped', String(error))))
			.finally(() => (this.#guessing = false));
	}

	#end(why: CaptionFault | null): void {
		if (this.#over) return;
		this.#over = true;
		clearTimeout(this.#finishing);
		this.#recogniser?.release();
		this.#listener.ended(why);
	}
}

function said(text: string, samples: number): string {
	const seconds = samples / MODEL_RATE_HZ;
	return withoutStockPhrases(withoutLoops(withoutDescriptions(text), seconds), seconds);
}
