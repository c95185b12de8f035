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
	/** From the beginning of an utterance to its first partial, and from its last sound to its final. */
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
	/** Wall times, and whether the utterance that is open has shown anything yet. */
	let spokenSince = 0;
	let silentSince = 0;
	let shown = true;

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
					if (event.type === 'final') {
						captions.push(event.text);
						if (silentSince > 0) finalMs.push(Date.now() - silentSince);
					} else if (!shown && event.text !== '') firstPartialMs.push(Date.now() - spokenSince);
					shown = true;
				}
			}
		);
		const gate = createVoiceGate(createVoiceDetector(rateHz), rateHz, {
			opened(at) {
				shown = false;
				spokenSince = at + PRE_ROLL_MS;
				silentSince = 0;
				stream.speechAt(at);
				stream.open();
			},
			sound: (sound, at) => stream.write(sound, at),
			closed(at) {
				silentSince = at - VOICE_PAUSE_MS;
				stream.pause();
			}
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
