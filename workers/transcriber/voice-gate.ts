import { BYTES_PER_SAMPLE, samplesToMs, toFloats } from './pcm.ts';
import type { VoiceDetector } from './vad.ts';

export type GateListener = {
	/** Somebody begins to speak; `at` is when, a little before the detector was sure. */
	opened(at: number): void;
	/** Sound of the speaker, without holes from `opened` to `closed`. */
	sound(pcm: Buffer, at: number): void;
	/** The speaker paused. */
	closed(at: number): void;
};

export type VoiceGate = {
	/** Next sound of the channel, which was heard from `at` (epoch ms) on. */
	push(pcm: Buffer, at: number): void;
	/** The sound has ended: an open gate closes. */
	end(): void;
};

/** The detector is sure only some way into the first word. */
export const PRE_ROLL_MS = 500;
const FRAME_MS = 32;

/**
 * Lets speech through and holds silence back, so that nobody pays a provider for an empty stage. Nothing of
 * the speech is lost: what came just before the detector was sure is let through with it.
 */
export function createVoiceGate(
	detector: VoiceDetector,
	rateHz: number,
	listener: GateListener
): VoiceGate {
	const frameBytes = Math.round((rateHz * FRAME_MS) / 1000) * BYTES_PER_SAMPLE;
	const preRollFrames = Math.ceil(PRE_ROLL_MS / FRAME_MS);
	let open = false;
	/** Less than a frame, and epoch ms of its first sample. */
	let rest: Buffer = Buffer.alloc(0);
	let restAt = 0;
	let held: { pcm: Buffer; at: number }[] = [];

	const bytesToMs = (bytes: number): number => samplesToMs(bytes / BYTES_PER_SAMPLE, rateHz);
	const frame = (pcm: Buffer, at: number): void => {
		const speaks = detector.speaks(toFloats(pcm));
		if (!open && speaks) {
			open = true;
			const first = held[0] ?? { at };
			listener.opened(first.at);
			for (const earlier of held) listener.sound(earlier.pcm, earlier.at);
			held = [];
		}
		if (!open) {
			held.push({ pcm, at });
			if (held.length > preRollFrames) held.shift();
			return;
		}
		listener.sound(pcm, at);
		if (!speaks) {
			open = false;
			listener.closed(at + FRAME_MS);
		}
	};

	return {
		push(pcm, at) {
			const firstAt = at - bytesToMs(rest.length);
			const sound = rest.length === 0 ? pcm : Buffer.concat([rest, pcm]);
			let used = 0;
			for (; used + frameBytes <= sound.length; used += frameBytes)
				frame(sound.subarray(used, used + frameBytes), Math.round(firstAt + bytesToMs(used)));
			// A copy: the slice would keep the whole chunk of the pipe in memory.
			rest = Buffer.from(sound.subarray(used));
			restAt = firstAt + bytesToMs(used);
		},
		end() {
			if (open) {
				if (rest.length > 0) listener.sound(rest, Math.round(restAt));
				listener.closed(Math.round(restAt + bytesToMs(rest.length)));
			}
			open = false;
			held = [];
			rest = Buffer.alloc(0);
		}
	};
}
