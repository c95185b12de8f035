import type { CaptionEvent } from '#lib/domain/captions/fragment.ts';
import type { CaptionFault } from '#lib/domain/captions/fault.ts';
import { CaptionStream } from './caption-stream.ts';
import { pcmMs } from './pcm.ts';
import type { SpeechProvider, SpeechSettings } from './providers/provider.ts';
import { createVoiceDetector, VOICE_PAUSE_MS } from './vad.ts';
import { createVoiceGate, PRE_ROLL_MS } from './voice-gate.ts';

/** What came of a recording: for the bench, the tests, and the button that tries a provider out. */
export type CaptionRun = {
	readonly captions: readonly string[];
	/**
	 * From the first sound of a caption to its first partial, and from its last sound to its final; meant for
	 * real time. A pause that ended a caption is known only after VOICE_PAUSE_MS, which is counted in.
	 */
	readonly firstPartialMs: readonly number[];
	readonly finalMs: readonly number[];
	readonly fault: CaptionFault | null;
};

const FEED_MS = 40;

/**
 * Captions a recording as if it were on air.
 *
 * @param pcm mono s16le at the provider's rate
 * @param speed 1 is real time
 */
export function captionRun(
	pcm: Buffer,
	provider: SpeechProvider,
	settings: SpeechSettings,
	{ speed = 1, onCaption }: { speed?: number; onCaption?: (event: CaptionEvent) => void } = {}
): Promise<CaptionRun> {
	const { rateHz } = provider;
	const captions: string[] = [];
	const firstPartialMs: number[] = [];
	const finalMs: number[] = [];
	/** When the speaker began, each time, and when each caption was first shown. */
	const openings = new Set<number>();
	const shownAt = new Map<number, number>();

	return new Promise((resolve) => {
		const startedAt = Date.now();
		const stream = new CaptionStream(
			{ ...settings, provider, hiddenWords: [] },
			{
				ready: () => undefined,
				text: () => undefined,
				ended: (fault) => {
					clearInterval(feed);
					resolve({ captions, firstPartialMs, finalMs, fault });
				},
				caption(event) {
					onCaption?.(event);
					const now = Date.now();
					const first = shownAt.get(event.utterance) ?? now;
					shownAt.set(event.utterance, first);
					if (event.type === 'partial') return;
					captions.push(event.text);
					// Sound from just before the voice is in a caption that begins with it, and the pause behind it.
					const quietMs = openings.has(event.startedAt) ? PRE_ROLL_MS : 0;
					firstPartialMs.push(first - event.startedAt - quietMs);
					finalMs.push(now - event.endedAt + VOICE_PAUSE_MS);
				}
			}
		);
		const gate = createVoiceGate(createVoiceDetector(rateHz), rateHz, {
			opened(at) {
				openings.add(at);
				stream.speechAt(at);
				stream.open();
			},
			sound: (sound, at) => stream.write(sound, at),
			closed: () => stream.pause()
		});
		let at = 0;
		const feed = setInterval(() => {
			const dueMs = (Date.now() - startedAt) * speed;
			while (pcmMs(pcm.subarray(0, at), rateHz) < dueMs && at < pcm.length) {
				const piece = pcm.subarray(at, at + (rateHz * FEED_MS * 2) / 1000);
				gate.push(piece, Math.round(startedAt + pcmMs(pcm.subarray(0, at), rateHz) / speed));
				at += piece.length;
			}
			if (at < pcm.length) return;
			clearInterval(feed);
			gate.end();
			if (stream.busy) stream.end();
			else resolve({ captions, firstPartialMs, finalMs, fault: null });
		}, FEED_MS / 2);
	});
}
