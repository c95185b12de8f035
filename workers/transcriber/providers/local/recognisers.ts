import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fault, type CaptionFault } from '#lib/domain/captions/fault.ts';
import { modelFiles } from '../../models/catalogue.ts';
import type { InstalledModel } from '../../models/store.ts';
import {
	isFault,
	speechEngine,
	type NativeRecogniser,
	type RecogniserConfig
} from '../../speech-engine.ts';

/**
 * Loaded models, one for all channels that use it, and one queue for their work. Decoding runs on threads of
 * libuv's pool inside the native library, so neither sockets nor other channels wait; the queue sees that no
 * more run than there are cores, and that what must be said comes before what is only a guess.
 */
export type Recogniser = {
	/** What must be said: in its order, before every guess. */
	decode(samples: Float32Array): Promise<string>;
	/** A guess: null when it was not wanted any more by the time there was room for it. */
	guess(samples: Float32Array, wanted: () => boolean): Promise<string | null>;
	/** Milliseconds the last decodings waited and took, smoothed: how busy this machine is. */
	readonly usualMs: number;
	release(): void;
};

export const MODEL_RATE_HZ = 16_000;
const IDLE_UNLOAD_MS = 60_000;

type Loaded = {
	readonly native: Promise<NativeRecogniser | CaptionFault>;
	users: number;
	unload?: NodeJS.Timeout;
};

const loaded = new Map<string, Loaded>();

/** Loads the model or joins those who have it; the fault is `engine_missing` or `model_missing`. */
export async function acquireRecogniser(
	installed: InstalledModel,
	language: string
): Promise<Recogniser | CaptionFault> {
	const key = `${installed.folder} ${installed.model.family.kind === 'whisper' ? language : ''}`;
	const entry = loaded.get(key) ?? { native: load(installed, language), users: 0 };
	loaded.set(key, entry);
	clearTimeout(entry.unload);
	entry.users++;
	const native = await entry.native;
	if ('code' in native) {
		// The next try shall look again: files may have been mended.
		if (loaded.get(key) === entry) loaded.delete(key);
		return native;
	}
	let released = false;
	return {
		decode: async (samples) => (await queue.run(native, samples, null)) ?? '',
		guess: (samples, wanted) => queue.run(native, samples, wanted),
		get usualMs() {
			return queue.usualMs;
		},
		release() {
			if (released) return;
			released = true;
			if (--entry.users > 0) return;
			entry.unload = setTimeout(() => loaded.delete(key), IDLE_UNLOAD_MS);
			entry.unload.unref();
		}
	};
}

async function load(
	installed: InstalledModel,
	language: string
): Promise<NativeRecogniser | CaptionFault> {
	const engine = speechEngine();
	if (isFault(engine)) return engine;
	try {
		return await engine.OfflineRecognizer.createAsync(config(installed, language));
	} catch (error) {
		const files = modelFiles(installed.model.family).join(', ');
		return fault('model_missing', `${installed.folder} (${files}) does not load: ${error}`);
	}
}

function config({ model, folder }: InstalledModel, language: string): RecogniserConfig {
	const { family } = model;
	const file = (name: string): string => path.join(folder, name);
	const base = { tokens: file(family.tokens), numThreads: 1, debug: 0, provider: 'cpu' };
	const featConfig = { sampleRate: MODEL_RATE_HZ, featureDim: 80 };
	switch (family.kind) {
		case 'moonshine': {
			const moonshine = { encoder: file(family.encoder), mergedDecoder: file(family.decoder) };
			return { featConfig, modelConfig: { ...base, moonshine } };
		}
		case 'whisper': {
			const { encoder, decoder } = family;
			const whisper = {
				encoder: file(encoder),
				decoder: file(decoder),
				language,
				task: 'transcribe'
			};
			return { featConfig, modelConfig: { ...base, whisper } };
		}
		case 'sense-voice': {
			const senseVoice = { model: file(family.model), useInverseTextNormalization: 1 };
			return { featConfig, modelConfig: { ...base, senseVoice } };
		}
		case 'transducer': {
			const { encoder, decoder, joiner } = family;
			const transducer = { encoder: file(encoder), decoder: file(decoder), joiner: file(joiner) };
			return { featConfig, modelConfig: { ...base, transducer, modelType: 'nemo_transducer' } };
		}
	}
}

type Job = {
	readonly native: NativeRecogniser;
	readonly samples: Float32Array;
	readonly askedAt: number;
	/** Null: it must be said. */
	readonly wanted: (() => boolean) | null;
	resolve(text: string | null): void;
	reject(error: unknown): void;
};

class DecodeQueue {
	usualMs = 0;
	readonly #finals: Job[] = [];
	readonly #guesses: Job[] = [];
	#running = 0;
	readonly #limit = Math.max(1, availableParallelism());

	run(
		native: NativeRecogniser,
		samples: Float32Array,
		wanted: (() => boolean) | null
	): Promise<string | null> {
		return new Promise((resolve, reject) => {
			const job: Job = { native, samples, askedAt: performance.now(), wanted, resolve, reject };
			(wanted === null ? this.#finals : this.#guesses).push(job);
			this.#next();
		});
	}

	#next(): void {
		if (this.#running >= this.#limit) return;
		const job = this.#finals.shift() ?? this.#shortestGuess();
		if (job === undefined) return;
		if (job.wanted?.() === false) {
			job.resolve(null);
			return this.#next();
		}
		this.#running++;
		void this.#decode(job).finally(() => {
			this.#running--;
			this.#next();
		});
	}

	/** The first words of somebody are worth more than the last ones of a long sentence, and cheaper. */
	#shortestGuess(): Job | undefined {
		this.#guesses.sort((a, b) => a.samples.length - b.samples.length);
		return this.#guesses.shift();
	}

	async #decode({ native, samples, askedAt, resolve, reject }: Job): Promise<void> {
		try {
			const stream = native.createStream();
			stream.acceptWaveform({ samples, sampleRate: MODEL_RATE_HZ });
			const { text } = await native.decodeAsync(stream);
			this.usualMs = this.usualMs * 0.8 + (performance.now() - askedAt) * 0.2;
			resolve(text);
		} catch (error) {
			reject(error);
		}
	}
}

const queue = new DecodeQueue();
