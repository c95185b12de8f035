import { fault, type CaptionFaultCode } from '#lib/domain/captions/fault.ts';
import { joined } from '#lib/domain/captions/writing.ts';
import { BYTES_PER_SAMPLE } from '../pcm.ts';
import {
	primaryLanguage,
	type SpeechListener,
	type SpeechProvider,
	type SpeechSettings,
	type SpeechStream
} from './provider.ts';
import {
	endedStream,
	httpFault,
	isObject,
	socketStream,
	textOf,
	type JsonObject,
	type SocketWire
} from './socket-stream.ts';

/**
 * OpenAI realtime transcription, `wss://api.openai.com/v1/realtime?intent=transcription`
 * (https://developers.openai.com/api/docs/guides/realtime-transcription, read in November 2026): no model in
 * the URL, no beta header, sound as 24 kHz PCM, and we commit each turn.
 */
const SERVER = 'wss://api.openai.com';
const USUAL_MODEL = 'gpt-live-transcribe';
const RATE_HZ = 24_000;
/** A commit of less than 100 ms is refused. */
const COMMIT_MIN_BYTES = RATE_HZ * 0.12 * BYTES_PER_SAMPLE;
const HINTS_MAX = 100;

const FAULTS: Readonly<Record<string, CaptionFaultCode>> = {
	invalid_api_key: 'key_refused',
	insufficient_quota: 'quota_exceeded',
	rate_limit_exceeded: 'rate_limited',
	session_expired: 'session_limit',
	model_not_found: 'settings_refused',
	beta_api_shape_disabled: 'settings_refused'
};

export const openaiRealtime: SpeechProvider = { name: 'openai-realtime', rateHz: RATE_HZ, open };

/** One turn of the speaker; turns complete in any order, captions come in theirs. */
type Turn = { readonly id: string; text: string; complete: boolean };

function open(settings: SpeechSettings, listener: SpeechListener): SpeechStream {
	const { key } = settings;
	if (!key) return endedStream(listener, fault('key_missing'));
	const language = settings.language ?? 'und';
	const turns: Turn[] = [];
	/** Turns that are told already: a late word of theirs must not open them again. */
	const told = new Set<string>();
	let uncommittedBytes = 0;
	/** Commits that no `committed` has answered yet. */
	let commitsOpen = 0;
	let configured = false;
	let finishing = false;

	const turn = (id: string, previous?: string): Turn => {
		let found = turns.find((one) => one.id === id);
		if (found === undefined) {
			found = { id, text: '', complete: false };
			const after = turns.findIndex((one) => one.id === previous);
			turns.splice(after === -1 ? turns.length : after + 1, 0, found);
		}
		return found;
	};
	const tell = (wire: SocketWire): void => {
		for (let first = turns[0]; first?.complete; first = turns[0]) {
			turns.shift();
			told.add(first.id);
			wire.fragment({ type: 'final', text: first.text });
			wire.fragment({ type: 'utterance-end' });
		}
		const guess = turns.reduce((text, { text: more }) => joined(text, more.trim(), language), '');
		if (guess !== '') wire.fragment({ type: 'interim', text: guess });
		if (finishing && commitsOpen === 0 && turns.length === 0) wire.finished();
	};
	const commit = (wire: SocketWire): void => {
		if (uncommittedBytes === 0) return;
		const missing = COMMIT_MIN_BYTES - uncommittedBytes;
		if (missing > 0) append(Buffer.alloc(missing), wire);
		wire.send({ type: 'input_audio_buffer.commit' });
		uncommittedBytes = 0;
		commitsOpen++;
	};
	const onError = (message: JsonObject, wire: SocketWire): void => {
		const error = isObject(message['error']) ? message['error'] : {};
		const code = textOf(error, 'code') || textOf(error, 'type');
		if (code === 'input_audio_buffer_commit_empty') {
			commitsOpen = Math.max(0, commitsOpen - 1);
			return tell(wire);
		}
		const detail = `${code} ${textOf(error, 'message')}`.trim().slice(0, 300);
		const known = FAULTS[code];
		if (known) return wire.fail(fault(known, detail));
		// Most errors leave the session alive; before it is configured none does.
		if (!configured) wire.fail(fault('settings_refused', detail));
	};

	return socketStream(
		{
			url: new URL('/v1/realtime?intent=transcription', settings.server ?? SERVER).href,
			headers: { Authorization: `Bearer ${key}` },
			rateHz: RATE_HZ,
			opened: (wire) => wire.send({ type: 'session.update', session: session(settings) }),
			message(message, wire) {
				const item = textOf(message, 'item_id');
				if (told.has(item)) return;
				switch (message['type']) {
					case 'session.updated':
						configured = true;
						return wire.ready();
					case 'input_audio_buffer.committed':
						commitsOpen = Math.max(0, commitsOpen - 1);
						turn(item, textOf(message, 'previous_item_id'));
						return;
					case 'conversation.item.input_audio_transcription.delta':
						turn(item).text += textOf(message, 'delta');
						return tell(wire);
					case 'conversation.item.input_audio_transcription.completed':
						Object.assign(turn(item), { text: textOf(message, 'transcript'), complete: true });
						return tell(wire);
					case 'conversation.item.input_audio_transcription.failed':
						// What came before it failed was said all the same.
						turn(item).complete = true;
						tell(wire);
						return onError(message, wire);
					case 'error':
						return onError(message, wire);
					case undefined:
						wire.fail(fault('provider_broke_protocol', JSON.stringify(message).slice(0, 200)));
				}
			},
			audio(pcm, wire) {
				uncommittedBytes += pcm.length;
				append(pcm, wire);
			},
			pause: commit,
			finish(wire) {
				finishing = true;
				commit(wire);
				tell(wire);
			},
			refused: httpFault,
			closed: (code, reason) => fault('provider_dropped', `closed ${code} ${reason}`.trim())
		},
		listener
	);
}

function append(pcm: Buffer, wire: SocketWire): void {
	wire.send({ type: 'input_audio_buffer.append', audio: pcm.toString('base64') });
}

function session({ model, language, hints }: SpeechSettings): JsonObject {
	const used = model || USUAL_MODEL;
	const terms = hints.slice(0, HINTS_MAX);
	// The newest models take a list of key words, the older ones a text to go by, one of them nothing.
	const given = /^gpt-(live-)?transcribe/.test(used)
		? { keywords: terms }
		: /^gpt-realtime-whisper/.test(used)
			? {}
			: { prompt: terms.join(', ') };
	return {
		type: 'transcription',
		audio: {
			input: {
				format: { type: 'audio/pcm', rate: RATE_HZ },
				transcription: {
					model: used,
					...(language === null ? {} : { language: primaryLanguage(language) }),
					...(terms.length === 0 ? {} : given)
				},
				turn_detection: null
			}
		}
	};
}
