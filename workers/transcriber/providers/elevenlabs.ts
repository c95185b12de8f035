import { fault, type CaptionFaultCode } from '#lib/domain/captions/fault.ts';
import { BYTES_PER_SAMPLE } from '../pcm.ts';
import {
	primaryLanguage,
	type SpeechListener,
	type SpeechProvider,
	type SpeechSettings,
	type SpeechStream
} from './provider.ts';
import { endedStream, httpFault, socketStream, textOf, type SocketWire } from './socket-stream.ts';

/**
 * ElevenLabs Scribe realtime, `wss://api.elevenlabs.io/v1/speech-to-text/realtime`
 * (https://elevenlabs.io/docs/api-reference/speech-to-text/v-1-speech-to-text-realtime, read in November 2026).
 * We say when an utterance is over (`commit`), since we hold silence back and the server would never hear it.
 */
const SERVER = 'wss://api.elevenlabs.io';
const USUAL_MODEL = 'scribe_v2_realtime';
const RATE_HZ = 16_000;
/** Sound goes out in pieces of a tenth of a second, which the server recommends. */
const CHUNK_BYTES = (RATE_HZ / 10) * BYTES_PER_SAMPLE;
/** Less sound than this since the last commit is refused (`commit_throttled`). */
const COMMIT_MIN_BYTES = RATE_HZ * 0.35 * BYTES_PER_SAMPLE;

/** Most error types do not have "error" in their name, so every one that ends a session stands here. */
const FAULTS: Readonly<Record<string, CaptionFaultCode>> = {
	auth_error: 'key_refused',
	unaccepted_terms: 'key_refused',
	unaccepted_terms_error: 'key_refused',
	quota_exceeded: 'quota_exceeded',
	rate_limited: 'rate_limited',
	queue_overflow: 'provider_overloaded',
	resource_exhausted: 'provider_overloaded',
	session_time_limit_exceeded: 'session_limit',
	input_error: 'settings_refused',
	chunk_size_exceeded: 'settings_refused',
	transcriber_error: 'provider_dropped',
	error: 'provider_dropped'
};

export const elevenlabs: SpeechProvider = { name: 'elevenlabs', rateHz: RATE_HZ, open };

function open(settings: SpeechSettings, listener: SpeechListener): SpeechStream {
	const { key } = settings;
	if (!key) return endedStream(listener, fault('key_missing'));
	/** Held back, so that a commit always has sound to ride on. */
	let pending: Buffer = Buffer.alloc(0);
	let uncommittedBytes = 0;
	let commitsOpen = 0;
	let finishing = false;

	const send = (pcm: Buffer, commit: boolean, wire: SocketWire): void => {
		wire.send({
			message_type: 'input_audio_chunk',
			audio_base_64: pcm.toString('base64'),
			commit,
			sample_rate: RATE_HZ
		});
	};
	const commit = (wire: SocketWire): void => {
		if (uncommittedBytes === 0) return;
		const missing = Math.max(0, COMMIT_MIN_BYTES - uncommittedBytes);
		send(
			Buffer.concat([pending, Buffer.alloc(missing - (missing % BYTES_PER_SAMPLE))]),
			true,
			wire
		);
		pending = Buffer.alloc(0);
		uncommittedBytes = 0;
		commitsOpen++;
	};
	const finishedIfDone = (wire: SocketWire): void => {
		if (finishing && commitsOpen === 0) wire.finished();
	};

	return socketStream(
		{
			url: address(settings),
			headers: { 'xi-api-key': key },
			rateHz: RATE_HZ,
			opened: () => undefined,
			message(message, wire) {
				const type = textOf(message, 'message_type');
				const text = textOf(message, 'text');
				switch (type) {
					case 'session_started':
						return wire.ready();
					case 'partial_transcript':
						return wire.fragment({ type: 'interim', text });
					case 'committed_transcript':
						commitsOpen = Math.max(0, commitsOpen - 1);
						wire.fragment({ type: 'final', text });
						wire.fragment({ type: 'utterance-end' });
						return finishedIfDone(wire);
					case 'commit_throttled':
					case 'insufficient_audio_activity':
						// No transcript comes for that commit, and none is missing.
						commitsOpen = Math.max(0, commitsOpen - 1);
						wire.fragment({ type: 'utterance-end' });
						return finishedIfDone(wire);
					case '':
						return wire.fail(
							fault('provider_broke_protocol', JSON.stringify(message).slice(0, 200))
						);
				}
				const code = FAULTS[type];
				if (code)
					wire.fail(fault(code, `${type} ${textOf(message, 'error')}`.trim().slice(0, 300)));
			},
			audio(pcm, wire) {
				uncommittedBytes += pcm.length;
				pending = pending.length === 0 ? pcm : Buffer.concat([pending, pcm]);
				while (pending.length > CHUNK_BYTES) {
					send(pending.subarray(0, CHUNK_BYTES), false, wire);
					pending = pending.subarray(CHUNK_BYTES);
				}
			},
			pause: commit,
			finish(wire) {
				finishing = true;
				commit(wire);
				finishedIfDone(wire);
			},
			refused: httpFault,
			closed: (code, reason) => fault('provider_dropped', `closed ${code} ${reason}`.trim())
		},
		listener
	);
}

function address({ server, model, language }: SpeechSettings): string {
	const url = new URL('/v1/speech-to-text/realtime', server ?? SERVER);
	url.searchParams.set('model_id', model || USUAL_MODEL);
	url.searchParams.set('audio_format', `pcm_${RATE_HZ}`);
	url.searchParams.set('commit_strategy', 'manual');
	const code = primaryLanguage(language);
	if (code !== null) url.searchParams.set('language_code', code);
	return url.href;
}
