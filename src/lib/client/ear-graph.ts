import guardUrl from './hearing-guard.worklet.ts?worker&url';
import { CEILING_DBFS } from './hearing-guard.ts';

/**
 * The way of every sound to an interpreter's ears: each source is levelled and faded on its own, then all go
 * through tone, volume and, last, the limiter. There is no other way to the loudspeaker.
 */
export type EarGraph = {
	/** Brings a received stream in, silent until it is faded in. */
	add(stream: MediaStream): EarSource;
	setTone(bassDb: number, trebleDb: number): void;
	/** Factor on all sources, 0 … 1. */
	setVolume(volume: number): void;
	/** `suspended` until a press, `interrupted` while a call has the loudspeaker (iOS). */
	onState(listener: (state: string) => void): void;
	/** Mean loudness of the last minute, dBFS, once a second. */
	onMinute(listener: (minuteDb: number) => void): void;
	resume(): void;
	close(): void;
};

export type EarSource = {
	/** Glides to a factor, 0 … 1. */
	fadeTo(factor: number, seconds: number): void;
	remove(): void;
};

export const FADE_S = 0.3;
const STEP_S = 0.03;
const BASS_HZ = 250;
const TREBLE_HZ = 3_000;

/** Must be called within a press, or the browser keeps it silent. */
export function openEarGraph(): EarGraph {
	const context = new AudioContext({ latencyHint: 'interactive' });
	const sources = new GainNode(context);
	const bass = new BiquadFilterNode(context, { type: 'lowshelf', frequency: BASS_HZ });
	const treble = new BiquadFilterNode(context, { type: 'highshelf', frequency: TREBLE_HZ });
	const volume = new GainNode(context, { gain: 0 });
	sources.connect(bass).connect(treble).connect(volume);
	let onMinute: (minuteDb: number) => void = () => undefined;
	let closed = false;

	/** Nothing is connected to the loudspeaker before the guard stands there. */
	const guarded = context.audioWorklet.addModule(guardUrl).then(
		() => {
			if (closed) return false;
			const limiter = new AudioWorkletNode(context, 'limiter', { outputChannelCount: [2] });
			limiter.port.onmessage = ({ data }: MessageEvent<number>) => onMinute(data);
			volume.connect(limiter).connect(context.destination);
			return true;
		},
		() => {
			// Without a worklet (a very old browser) the ceiling still holds; loud sound is distorted instead of turned down.
			cutAtCeiling(context, volume).connect(context.destination);
			return false;
		}
	);

	return {
		add(stream) {
			const fader = new GainNode(context, { gain: 0 });
			const node = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
			fader.connect(sources);
			let removed = false;
			let leveller: AudioWorkletNode | null = null;
			void guarded.then((hasGuard) => {
				if (removed || closed) return;
				if (hasGuard) {
					leveller = new AudioWorkletNode(context, 'leveller');
					node.connect(leveller).connect(fader);
				} else node.connect(fader);
			});
			return {
				fadeTo: (factor, seconds) => glide(context, fader.gain, factor, seconds),
				remove() {
					removed = true;
					node.disconnect();
					leveller?.disconnect();
					fader.disconnect();
				}
			};
		},
		setTone(bassDb, trebleDb) {
			glide(context, bass.gain, bassDb, STEP_S);
			glide(context, treble.gain, trebleDb, STEP_S);
		},
		setVolume: (factor) => glide(context, volume.gain, factor, STEP_S),
		onState(listener) {
			context.addEventListener('statechange', () => listener(context.state));
		},
		onMinute: (listener) => (onMinute = listener),
		resume: () => void context.resume(),
		close() {
			closed = true;
			void context.close();
		}
	};
}

function glide(context: AudioContext, param: AudioParam, to: number, seconds: number): void {
	const now = context.currentTime;
	param.cancelScheduledValues(now);
	param.setValueAtTime(param.value, now);
	param.linearRampToValueAtTime(to, now + seconds);
}

/** Two points are enough: outside its curve a shaper holds the last value (Web Audio API, WaveShaperNode). */
function cutAtCeiling(context: AudioContext, input: AudioNode): AudioNode {
	const ceiling = 10 ** (CEILING_DBFS / 20);
	const scale = new GainNode(context, { gain: 1 / ceiling });
	const cut = new WaveShaperNode(context, { curve: [-ceiling, ceiling] });
	return input.connect(scale).connect(cut);
}
