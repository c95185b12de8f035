import { createRequire } from 'node:module';
import { fault, type CaptionFault } from '#lib/domain/captions/fault.ts';

/**
 * The native speech library (`sherpa-onnx-node`), as much of it as is used. The package brings no types, and
 * its binary may be missing on a platform, so everybody comes through here and can be told no.
 */
export type SpeechEngine = {
	readonly Vad: new (config: VadConfig, bufferSeconds: number) => NativeVad;
	readonly LinearResampler: new (inputHz: number, outputHz: number) => NativeResampler;
	readonly OfflineRecognizer: {
		createAsync(config: RecogniserConfig): Promise<NativeRecogniser>;
	};
};

export type VadConfig = {
	sileroVad: {
		model: string;
		/** Probability of speech in a window, 0 to 1. */
		threshold: number;
		/** Seconds. */
		minSilenceDuration: number;
		minSpeechDuration: number;
		/** After so much unbroken speech a much shorter pause ends it. */
		maxSpeechDuration: number;
		/** Samples. */
		windowSize: number;
	};
	sampleRate: number;
	numThreads: number;
	debug: 0 | 1;
};

export interface NativeVad {
	acceptWaveform(samples: Float32Array): void;
	isDetected(): boolean;
	isEmpty(): boolean;
	pop(): void;
}

export interface NativeResampler {
	resample(samples: Float32Array, flush: boolean): Float32Array;
}

export type RecogniserConfig = {
	featConfig: { sampleRate: number; featureDim: number };
	modelConfig: Readonly<Record<string, unknown>> & { tokens: string; numThreads: number };
};

export interface NativeStream {
	acceptWaveform(wave: { samples: Float32Array; sampleRate: number }): void;
}

export interface NativeRecogniser {
	createStream(): NativeStream;
	/** Runs on a thread of libuv's pool; several may run at once on one recogniser. */
	decodeAsync(stream: NativeStream): Promise<{ text: string }>;
}

let loaded: SpeechEngine | CaptionFault | undefined;

/** The library, or the fault `engine_missing` with the reason it does not load here. */
export function speechEngine(): SpeechEngine | CaptionFault {
	loaded ??= load();
	return loaded;
}

export function isFault(engine: SpeechEngine | CaptionFault): engine is CaptionFault {
	return 'code' in engine;
}

function load(): SpeechEngine | CaptionFault {
	try {
		return createRequire(import.meta.url)('sherpa-onnx-node') as SpeechEngine;
	} catch (error) {
		const [firstLine = ''] = String(error).split('\n');
		return fault('engine_missing', firstLine.slice(0, 300));
	}
}
