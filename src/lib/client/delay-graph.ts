/**
 * Holds a channel's sound back. The only audio graph between a channel and the ear, and only while a delay is
 * wanted: what comes out is a stream for the same plain `<audio>` element.
 */
export type DelayGraph = {
	/** The delayed sound; the same stream for the whole life of the graph. */
	readonly stream: MediaStream;
	/** Takes another session's sound in place of the former; what is on its way through still comes out. */
	feed(stream: MediaStream): void;
	/** Jumps: fade out before, or it clicks. */
	setDelay(ms: number): void;
	close(): void;
};

export const LONGEST_DELAY_MS = 10_000;

let shared: AudioContext | null = null;

/** Call it inside a tap where a delay may be wanted: iOS starts no audio graph outside of one. */
export function wakeDelays(): void {
	shared ??= new AudioContext({ latencyHint: 'playback' });
	if (shared.state !== 'running') void shared.resume().catch(() => undefined);
}

export function createDelayGraph(delayMs: number): DelayGraph {
	wakeDelays();
	const context = shared as unknown as AudioContext;
	const delay = context.createDelay(LONGEST_DELAY_MS / 1000);
	const out = context.createMediaStreamDestination();
	delay.delayTime.value = delayMs / 1000;
	delay.connect(out);
	// Chromium decodes a remote track only while some element plays it (crbug.com/121673).
	const pump = new Audio();
	pump.muted = true;
	let source: MediaStreamAudioSourceNode | null = null;

	return {
		stream: out.stream,
		feed(stream) {
			source?.disconnect();
			pump.srcObject = stream;
			pump.play().catch(() => undefined);
			source = context.createMediaStreamSource(stream);
			source.connect(delay);
		},
		setDelay(ms) {
			delay.delayTime.value = ms / 1000;
		},
		close() {
			source?.disconnect();
			delay.disconnect();
			pump.pause();
			pump.srcObject = null;
		}
	};
}
