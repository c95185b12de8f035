/**
 * The last seconds of one stream, kept on the phone alone and forgotten with the page.
 *
 * Two recorders overlap: each runs for twice the time to be kept, and every such time the older one is dropped
 * for a new one, so that the older of the two always holds enough, as one whole file, and nothing is ever cut.
 */
export type ReplayBuffer = {
	/** Keeps this stream from now on and forgets what was; null keeps nothing. */
	follow(stream: MediaStream | null): void;
	/** How much could be taken now, seconds. */
	kept(): number;
	/**
	 * Mono sound from `fromAt` to now; from the beginning of what is kept where that is later.
	 *
	 * @param fromAt ms of `performance.now()`
	 * @returns null when nothing is kept
	 */
	take(fromAt: number): Promise<Clip | null>;
};
/** `endsAt`: when its last sample was heard, ms of `performance.now()`. */
export type Clip = {
	readonly samples: Float32Array;
	readonly rateHz: number;
	readonly endsAt: number;
};

/** What can be replayed, and the delay a listener may have set on top. */
export const KEPT_MS = 45_000;
const BITS_PER_SECOND = 48_000;
const FORMATS = ['audio/webm;codecs=opus', 'audio/mp4'] as const;
/** Decoded at the rate it was played. */
const RATE_HZ = 48_000;

type Take = {
	readonly recorder: MediaRecorder;
	readonly startedAt: number;
	readonly parts: Blob[];
};

export function createReplayBuffer(): ReplayBuffer {
	let takes: Take[] = [];
	let turning: ReturnType<typeof setInterval> | undefined;

	function record(stream: MediaStream): void {
		const mimeType = FORMATS.find((format) => MediaRecorder.isTypeSupported(format));
		const recorder = new MediaRecorder(stream, {
			audioBitsPerSecond: BITS_PER_SECOND,
			...(mimeType === undefined ? {} : { mimeType })
		});
		const take: Take = { recorder, startedAt: performance.now(), parts: [] };
		recorder.ondataavailable = ({ data }) => take.parts.push(data);
		recorder.start();
		takes.push(take);
	}

	function forget(): void {
		clearInterval(turning);
		for (const take of takes) end(take);
		takes = [];
	}

	return {
		follow(stream) {
			forget();
			if (!stream || typeof MediaRecorder === 'undefined') return;
			record(stream);
			turning = setInterval(() => {
				// The track may have ended; then there is nothing to record, and the next stream comes by itself.
				if (!stream.active) return;
				record(stream);
				if (takes.length > 2) takes.splice(0, takes.length - 2).forEach(end);
			}, KEPT_MS);
		},
		kept() {
			const [oldest] = takes;
			return oldest ? (performance.now() - oldest.startedAt) / 1000 : 0;
		},
		async take(fromAt) {
			const [oldest] = takes;
			if (!oldest || oldest.recorder.state === 'inactive') return null;
			const endsAt = performance.now();
			const file = await written(oldest);
			// Offline: decoding needs no running audio graph.
			const decoder = new OfflineAudioContext(1, 1, RATE_HZ);
			const sound = await decoder.decodeAudioData(await file.arrayBuffer());
			const wanted = Math.round(((endsAt - fromAt) / 1000) * sound.sampleRate);
			const samples = sound.getChannelData(0).slice(-Math.max(1, wanted));
			return { samples, rateHz: sound.sampleRate, endsAt };
		}
	};
}

/** Everything recorded up to now as one file. */
function written({ recorder, parts }: Take): Promise<Blob> {
	return new Promise((resolve) => {
		recorder.addEventListener(
			'dataavailable',
			() => resolve(new Blob(parts, { type: recorder.mimeType })),
			{ once: true }
		);
		recorder.requestData();
	});
}

function end({ recorder }: Take): void {
	recorder.ondataavailable = null;
	if (recorder.state !== 'inactive') recorder.stop();
}
