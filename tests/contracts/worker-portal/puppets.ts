import { fault, type CaptionFaultCode } from '#lib/domain/captions/fault.ts';
import type { SoundListener } from '../../../workers/transcriber/ffmpeg.ts';
import type {
	SpeechListener,
	SpeechProvider
} from '../../../workers/transcriber/providers/provider.ts';

const RATE_HZ = 16_000;

/** A provider in this process: the test says what it recognises. */
export function puppetProvider() {
	const streams: {
		listener: SpeechListener;
		written: number;
		pauses: number;
		finished: boolean;
	}[] = [];
	let opened = 0;
	let fails: CaptionFaultCode | null = null;
	const provider: SpeechProvider = {
		// The one name that needs no account.
		name: 'local',
		rateHz: RATE_HZ,
		open(_settings, listener) {
			opened++;
			const stream = { listener, written: 0, pauses: 0, finished: false };
			streams.push(stream);
			const code = fails;
			queueMicrotask(() => (code === null ? listener.ready() : listener.ended(fault(code))));
			return {
				write: (pcm) => void (stream.written += pcm.length),
				pause: () => void stream.pauses++,
				finish() {
					if (stream.finished) return;
					stream.finished = true;
					// The tail of whatever was said.
					queueMicrotask(() => {
						listener.fragment({ type: 'final', text: 'And the tail.' });
						listener.ended(null);
					});
				},
				close: () => listener.ended(null)
			};
		}
	};
	const last = () => {
		const stream = streams.at(-1);
		if (stream === undefined) throw new Error('no stream is open');
		return stream;
	};
	return {
		provider,
		last,
		opened: () => opened,
		refuseWith: (code: CaptionFaultCode | null) => void (fails = code),
		say(text: string) {
			last().listener.fragment({ type: 'final', text });
			last().listener.fragment({ type: 'utterance-end' });
		},
		guess: (text: string) => last().listener.fragment({ type: 'interim', text }),
		drop: (code: CaptionFaultCode) => last().listener.ended(fault(code, 'by the test'))
	};
}

/** Sound in this process, in place of ffmpeg. */
export function puppetSound() {
	const pulls: { url: string; listener: SoundListener; ended: boolean }[] = [];
	const last = () => {
		const pull = pulls.at(-1);
		if (pull === undefined) throw new Error('no sound is pulled');
		return pull;
	};
	const feed = (ms: number, value: number): void => {
		const samples = new Int16Array((RATE_HZ * ms) / 1000).fill(value);
		last().listener.audio(Buffer.from(samples.buffer));
	};
	return {
		pulls,
		pull: (settings: { url: string }, listener: SoundListener) => {
			const pull = { url: settings.url, listener, ended: false };
			pulls.push(pull);
			return {
				end() {
					if (pull.ended) return;
					pull.ended = true;
					queueMicrotask(() => listener.ended(null));
				}
			};
		},
		speak: (ms = 400) => feed(ms, 1_000),
		quiet: (ms = 400) => feed(ms, 0),
		break: (code: CaptionFaultCode) => last().listener.ended(fault(code, 'by the test'))
	};
}
