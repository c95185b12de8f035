/** Level of a sound at one moment. dBFS; −Infinity is digital silence. */
export type Level = {
	readonly rmsDb: number;
	/** Highest sample of the last `PEAK_HOLD_MS`. */
	readonly peakDb: number;
	/** Samples at full scale within the last `CLIP_HOLD_MS`. */
	readonly clipped: boolean;
};

export const SILENCE: Level = { rmsDb: -Infinity, peakDb: -Infinity, clipped: false };

export const METER_RATE_HZ = 15;
export const PEAK_HOLD_MS = 1_500;
export const CLIP_HOLD_MS = 2_000;
/** Longer than one meter interval at 48 kHz, so that no sample goes unseen. */
const WINDOW_SAMPLES = 4_096;
const FULL_SCALE = 0.99;

/** 20·log10 of an amplitude from 0 to 1. */
export function dbfs(amplitude: number): number {
	return amplitude > 0 ? 20 * Math.log10(amplitude) : -Infinity;
}

/** RMS and highest absolute sample of a block of samples from −1 to 1. */
export function measureBlock(samples: Float32Array): { rms: number; peak: number } {
	let sum = 0;
	let peak = 0;
	for (const sample of samples) {
		sum += sample * sample;
		const size = Math.abs(sample);
		if (size > peak) peak = size;
	}
	return { rms: samples.length > 0 ? Math.sqrt(sum / samples.length) : 0, peak };
}

/** Adds hold times to raw measurements; one per meter. `now` in ms on any steady clock. */
export function createLevelHold(): (block: { rms: number; peak: number }, now: number) => Level {
	let held = { peak: 0, at: -Infinity };
	let clippedAt = -Infinity;
	return ({ rms, peak }, now) => {
		if (peak >= held.peak || now - held.at > PEAK_HOLD_MS) held = { peak, at: now };
		if (peak >= FULL_SCALE) clippedAt = now;
		return {
			rmsDb: dbfs(rms),
			peakDb: dbfs(held.peak),
			clipped: now - clippedAt <= CLIP_HOLD_MS
		};
	};
}

/**
 * Measures a stream `METER_RATE_HZ` times a second until the returned function is called. Nothing is played.
 * Browsers start a page's audio graph after a press only; until then the level is silence.
 */
export function watchLevel(stream: MediaStream, onLevel: (level: Level) => void): () => void {
	const context = new AudioContext();
	const analyser = new AnalyserNode(context, { fftSize: WINDOW_SAMPLES });
	const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
	source.connect(analyser);
	const samples = new Float32Array(WINDOW_SAMPLES);
	const hold = createLevelHold();

	const resume = () => {
		if (context.state === 'suspended') void context.resume();
	};
	resume();
	addEventListener('pointerdown', resume);
	addEventListener('keydown', resume);
	const timer = setInterval(() => {
		analyser.getFloatTimeDomainData(samples);
		onLevel(hold(measureBlock(samples), performance.now()));
	}, 1000 / METER_RATE_HZ);

	return () => {
		clearInterval(timer);
		removeEventListener('pointerdown', resume);
		removeEventListener('keydown', resume);
		source.disconnect();
		void context.close();
	};
}
