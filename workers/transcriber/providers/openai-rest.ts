import { fault, type CaptionFault } from '#lib/domain/captions/fault.ts';
import { wavFile } from '../pcm.ts';
import {
	FINISH_MS,
	primaryLanguage,
	type SpeechListener,
	type SpeechProvider,
	type SpeechSettings,
	type SpeechStream
} from './provider.ts';
import { Segments, type Segment } from './segments.ts';
import { endedStream, httpFault, isObject, textOf } from './socket-stream.ts';

/**
 * `POST /v1/audio/transcriptions` of OpenAI (https://developers.openai.com/api/reference, read in November
 * 2026), which many servers of others speak too: one request for each utterance, no text before its end.
 */
const SERVER = 'https://api.openai.com/v1';
const USUAL_MODEL = 'gpt-transcribe';
const RATE_HZ = 16_000;
const SEGMENT_MAX_MS = 20_000;
const REQUEST_MS = 20_000;
const TRIES = 3;
const RETRY_MS = 1_000;
/** So many utterances waiting, and the server is slower than the speaker. */
const WAITING_MAX = 6;

export const openaiRest: SpeechProvider = { name: 'openai', rateHz: RATE_HZ, open };

function open(settings: SpeechSettings, listener: SpeechListener): SpeechStream {
	// A server of one's own may want no key; the vendor does.
	if (!settings.key && settings.server === null) return endedStream(listener, fault('key_missing'));
	const segments = new Segments(RATE_HZ, SEGMENT_MAX_MS);
	const aborting = new AbortController();
	let over = false;
	let waiting = 0;
	/** Something was said since the last pause. */
	let speaking = false;
	let queue: Promise<void> = Promise.resolve();
	let finishing: NodeJS.Timeout | undefined;

	const end = (why: CaptionFault | null): void => {
		if (over) return;
		over = true;
		clearTimeout(finishing);
		aborting.abort();
		listener.ended(why);
	};
	const say = (segment: Segment | null, pauseAfter: boolean): void => {
		if (over) return;
		const ends = pauseAfter && (speaking || segment !== null);
		speaking = !pauseAfter && (speaking || segment !== null);
		if (segment !== null && ++waiting > WAITING_MAX)
			return end(fault('falling_behind', `${waiting} utterances wait for the server`));
		queue = queue.then(async () => {
			if (over) return;
			if (segment !== null) {
				const answer = await transcribed(segment, settings, aborting.signal);
				waiting--;
				if (over) return;
				if (typeof answer !== 'string') return end(answer);
				const { startedAt, endedAt } = segment;
				listener.fragment({ type: 'final', text: answer, startedAt, endedAt });
			}
			if (ends && !over) listener.fragment({ type: 'utterance-end' });
		});
	};
	queueMicrotask(() => {
		if (!over) listener.ready();
	});

	return {
		write(pcm) {
			const full = over ? null : segments.add(pcm);
			if (full !== null) say(full, false);
		},
		pause: () => say(segments.take(), true),
		finish() {
			if (over || finishing !== undefined) return;
			finishing = setTimeout(() => end(null), FINISH_MS * 2);
			say(segments.take(), true);
			void queue.then(() => end(null));
		},
		close: () => end(null)
	};
}

/** The text of a segment, or why there is none after `TRIES` attempts. */
async function transcribed(
	segment: Segment,
	settings: SpeechSettings,
	signal: AbortSignal
): Promise<string | CaptionFault> {
	let last = fault('provider_unreachable');
	for (let attempt = 0; attempt < TRIES && !signal.aborted; attempt++) {
		if (attempt > 0) await pause(RETRY_MS * 2 ** (attempt - 1), signal);
		const answer = await once(segment, settings, signal);
		if (typeof answer === 'string') return answer;
		last = answer;
		if (answer.code !== 'provider_unreachable' && answer.code !== 'rate_limited') break;
	}
	return last;
}

async function once(
	{ pcm }: Segment,
	{ server, key, model, language, hints }: SpeechSettings,
	signal: AbortSignal
): Promise<string | CaptionFault> {
	const form = new FormData();
	const wav = Uint8Array.from(wavFile(pcm, RATE_HZ));
	form.set('file', new Blob([wav], { type: 'audio/wav' }), 'speech.wav');
	form.set('model', model || USUAL_MODEL);
	form.set('response_format', 'json');
	const code = primaryLanguage(language);
	if (code !== null) form.set('language', code);
	if (hints.length > 0) form.set('prompt', hints.slice(0, 100).join(', '));
	try {
		const response = await fetch(`${(server ?? SERVER).replace(/\/$/, '')}/audio/transcriptions`, {
			method: 'POST',
			headers: key ? { Authorization: `Bearer ${key}` } : {},
			body: form,
			signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)])
		});
		const body = await response.text();
		if (!response.ok) return httpFault(response.status, body);
		const answer: unknown = JSON.parse(body);
		if (isObject(answer) && 'text' in answer) return textOf(answer, 'text');
		return fault('provider_broke_protocol', body.slice(0, 200));
	} catch (error) {
		if (error instanceof SyntaxError) return fault('provider_broke_protocol', error.message);
		const cause = error instanceof Error && error.cause !== undefined ? `: ${error.cause}` : '';
		return fault('provider_unreachable', `${error}${cause}`.slice(0, 300));
	}
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
	});
}
