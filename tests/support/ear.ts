import type { Page } from '@playwright/test';

/**
 * What somebody at this page really hears: every audio element that plays unmuted, mixed at its volume, and whatever
 * an audio graph sends to the loudspeaker, recorded in the page as mono PCM.
 */
export type Ear = {
	/** Forgets what was heard and begins anew. */
	restart(): Promise<void>;
	/** All samples since the last restart, −1 … 1, at `sampleRateHz`. */
	heard(): Promise<Float32Array>;
	/** The same, and when the last of them was heard, epoch ms; later by the ear's own delay of some 10 ms. */
	heardUntil(): Promise<{ samples: Float32Array; endedAt: number }>;
	readonly sampleRateHz: number;
};

export const EAR_RATE_HZ = 48_000;

/** To be called before the page is opened. */
export async function giveEar(page: Page): Promise<Ear> {
	await page.addInitScript(installEar, EAR_RATE_HZ);
	const heardUntil = async () => {
		const taken = await page.evaluate(() => window.__ear?.take());
		const bytes = Buffer.from(taken?.base64 ?? '', 'base64');
		const samples = new Int16Array(
			bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
		);
		return {
			samples: Float32Array.from(samples, (sample) => sample / 32_768),
			endedAt: taken?.endedAt ?? 0
		};
	};
	return {
		heardUntil,
		sampleRateHz: EAR_RATE_HZ,
		restart: () => page.evaluate(() => window.__ear?.restart()),
		heard: async () => (await heardUntil()).samples
	};
}

declare global {
	interface Window {
		__ear?: { restart(): void; take(): { base64: string; endedAt: number } };
	}
}

/** Chromium's, not in TypeScript's DOM library: the frames of a track, queued while the page is busy. */
declare class MediaStreamTrackProcessor {
	constructor(options: { track: MediaStreamTrack; maxBufferSize: number });
	readonly readable: ReadableStream<AudioData>;
}

function installEar(rate: number): void {
	type Tap = { track: MediaStreamTrack; source: MediaStreamAudioSourceNode; gain: GainNode };
	const taps = new Map<HTMLMediaElement, Tap>();
	const elements = new Set<HTMLMediaElement>();
	/** One stream for each audio graph that plays. */
	const graphs = new Map<BaseAudioContext, MediaStreamAudioDestinationNode>();
	/** What an element plays from a file, as a stream; it stays the same when the file changes. */
	const captured = new Map<HTMLMediaElement, MediaStream>();
	let blocks: Float32Array[] = [];
	let endedAt = 0;

	// Elements made by scripts and never put into the document play as well.
	const play = HTMLMediaElement.prototype.play;
	HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
		elements.add(this);
		return play.call(this);
	};

	const connect = AudioNode.prototype.connect as (...to: unknown[]) => AudioNode;
	AudioNode.prototype.connect = function (this: AudioNode, ...to: unknown[]) {
		if (to[0] instanceof AudioDestinationNode && this.context instanceof AudioContext) {
			const tap = graphs.get(this.context) ?? this.context.createMediaStreamDestination();
			graphs.set(this.context, tap);
			connect.call(this, tap);
		}
		return connect.apply(this, to);
	} as typeof AudioNode.prototype.connect;
	const heardGraphs = new Set<BaseAudioContext>();

	const start = async (): Promise<void> => {
		const context = new AudioContext({ sampleRate: rate });
		const recorder = context.createMediaStreamDestination();
		recorder.channelCount = 1;
		const [track] = recorder.stream.getAudioTracks();
		if (!track) return;
		void record(new MediaStreamTrackProcessor({ track, maxBufferSize: 3_000 }).readable);
		setInterval(() => {
			for (const element of document.querySelectorAll('audio, video'))
				elements.add(element as HTMLMediaElement);
			for (const element of elements) follow(context, recorder, element);
			for (const [graph, { stream }] of graphs) {
				if (heardGraphs.has(graph)) continue;
				heardGraphs.add(graph);
				connect.call(context.createMediaStreamSource(stream), recorder);
			}
		}, 5);
	};

	const record = async (frames: ReadableStream<AudioData>): Promise<void> => {
		const reader = frames.getReader();
		for (;;) {
			const { value: frame } = await reader.read();
			if (!frame) return;
			const block = new Float32Array(frame.numberOfFrames);
			frame.copyTo(block, { planeIndex: 0, format: 'f32-planar' });
			frame.close();
			blocks.push(block);
			endedAt = Date.now();
		}
	};

	const streamOf = (element: HTMLMediaElement): MediaStream | null => {
		if (element.srcObject instanceof MediaStream) return element.srcObject;
		if (!element.currentSrc) return null;
		// Not in TypeScript's DOM library (W3C mediacapture-fromelement).
		const capture = (element as unknown as { captureStream(): MediaStream }).captureStream;
		const stream = captured.get(element) ?? capture.call(element);
		captured.set(element, stream);
		return stream;
	};

	const follow = (context: AudioContext, recorder: AudioNode, element: HTMLMediaElement): void => {
		const stream = streamOf(element);
		const track = element.paused ? undefined : stream?.getAudioTracks()[0];
		let tap = taps.get(element);
		if (tap && tap.track !== track) {
			tap.source.disconnect();
			tap.gain.disconnect();
			taps.delete(element);
			tap = undefined;
		}
		if (!track) return;
		if (!tap) {
			const source = context.createMediaStreamSource(new MediaStream([track]));
			const gain = context.createGain();
			source.connect(gain).connect(recorder);
			tap = { track, source, gain };
			taps.set(element, tap);
		}
		const volume = element.muted ? 0 : element.volume;
		if (tap.gain.gain.value !== volume) tap.gain.gain.value = volume;
	};

	window.__ear = {
		restart: () => void (blocks = []),
		take() {
			const total = blocks.reduce((sum, block) => sum + block.length, 0);
			const samples = new Int16Array(total);
			let at = 0;
			for (const block of blocks)
				for (const sample of block)
					samples[at++] = Math.round(Math.max(-1, Math.min(1, sample)) * 32_767);
			const bytes = new Uint8Array(samples.buffer);
			let text = '';
			for (let i = 0; i < bytes.length; i += 32_768)
				text += String.fromCharCode(...bytes.subarray(i, i + 32_768));
			return { base64: btoa(text), endedAt };
		}
	};
	document.addEventListener('DOMContentLoaded', () => void start());
}
