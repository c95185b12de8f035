import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rootMeanSquare } from './pcm.ts';
import { isFault, speechEngine, type NativeResampler, type SpeechEngine } from './speech-engine.ts';

/** Hears whether somebody speaks. */
export type VoiceDetector = {
	/**
	 * Takes the next samples in.
	 *
	 * @returns whether somebody speaks now; true comes about 150 ms late, false about `VOICE_PAUSE_MS`
	 */
	speaks(samples: Float32Array): boolean;
};

/** A pause of this length ends an utterance. */
export const VOICE_PAUSE_MS = 500;
const SILERO_RATE_HZ = 16_000;
const WINDOW_SAMPLES = 512;
/** After so much speech without a pause a very short one has to do. */
const LONG_SPEECH_SECONDS = 12;

/**
 * The Silero detector, or where the native library does not load one that goes by loudness alone.
 *
 * @param rateHz rate of the samples it will get
 */
export function createVoiceDetector(rateHz: number): VoiceDetector {
	const engine = speechEngine();
	return isFault(engine) ? loudnessDetector(rateHz) : sileroDetector(engine, rateHz);
}

function sileroDetector(engine: SpeechEngine, rateHz: number): VoiceDetector {
	const vad = new engine.Vad(
		{
			sileroVad: {
				model: sileroModel(),
				threshold: 0.5,
				minSilenceDuration: VOICE_PAUSE_MS / 1000,
				minSpeechDuration: 0.1,
				maxSpeechDuration: LONG_SPEECH_SECONDS,
				windowSize: WINDOW_SAMPLES
			},
			sampleRate: SILERO_RATE_HZ,
			numThreads: 1,
			debug: 0
		},
		LONG_SPEECH_SECONDS * 4
	);
	const resampler: NativeResampler | null =
		rateHz === SILERO_RATE_HZ ? null : new engine.LinearResampler(rateHz, SILERO_RATE_HZ);
	return {
		speaks(samples) {
			vad.acceptWaveform(resampler?.resample(samples, false) ?? samples);
			// It keeps the speech it found for whoever wants it; nobody does, and it must not pile up.
			while (!vad.isEmpty()) vad.pop();
			return vad.isDetected();
		}
	};
}

/** Lies beside the source, and beside the bundle in a build. */
function sileroModel(): string {
	const places = [
		fileURLToPath(new URL('./models/silero-vad-v5.onnx', import.meta.url)),
		'workers/transcriber/models/silero-vad-v5.onnx'
	];
	const found = places.find((place) => existsSync(place));
	if (found === undefined) throw new Error(`no voice detector model at ${places.join(' or ')}`);
	return found;
}

const LOUDNESS_OVER_NOISE = 3;
const LOUDNESS_MIN = 0.006;

/** Louder than three times the noise of the room counts as speech. Music does too: better than no captions. */
export function loudnessDetector(rateHz: number): VoiceDetector {
	let noise = LOUDNESS_MIN;
	let quietMs = Infinity;
	return {
		speaks(samples) {
			const ms = (samples.length / rateHz) * 1000;
			const loudness = rootMeanSquare(samples);
			// The floor follows a quieter room at once and a louder one over some seconds.
			noise = loudness < noise ? loudness : noise + (loudness - noise) * Math.min(1, ms / 20_000);
			const loud = loudness > Math.max(LOUDNESS_MIN, noise * LOUDNESS_OVER_NOISE);
			quietMs = loud ? 0 : quietMs + ms;
			return quietMs < VOICE_PAUSE_MS;
		}
	};
}
