import { FAKE_KEY, Recital, type SpeechFake, type SpeechScript } from './fake.ts';
import {
	checkFields,
	checkPcm,
	decodeBase64,
	serveVendor,
	type Connection,
	type Notes
} from './websocket-server.ts';

/**
 * ElevenLabs Scribe v2 realtime, as documented up to November 2026:
 * https://elevenlabs.io/docs/api-reference/speech-to-text/v-1-speech-to-text-realtime (query, messages, error
 * types) and /docs/eleven-api/guides/how-to/speech-to-text/realtime (manual commits; less than 0.3 s of sound
 * since the last one is throttled).
 */
const PARAMETERS = [
	...['model_id', 'language_code', 'audio_format', 'commit_strategy', 'include_timestamps'],
	...[
		'vad_silence_threshold_secs',
		'vad_threshold',
		'min_speech_duration_ms',
		'min_silence_duration_ms'
	]
];
const COMMIT_MIN_BYTES = 16_000 * 2 * 0.3;

export function serveElevenlabs(script: SpeechScript): Promise<SpeechFake> {
	return serveVendor(script, {
		admit(request, url, notes) {
			if (url.pathname !== '/v1/speech-to-text/realtime') return { status: 404, body: '{}' };
			for (const [name, value] of url.searchParams) {
				if (!PARAMETERS.includes(name)) notes.violation(`unknown parameter ${name}`);
				notes.asked[name] = value;
			}
			if (url.searchParams.get('audio_format') !== 'pcm_16000') notes.violation('audio_format');
			notes.asked['key'] = request.headers['xi-api-key'];
			return null;
		},
		connected: recite
	});
}

const ERRORS = {
	'bad-key': ['auth_error', 'Invalid API key'],
	quota: ['quota_exceeded', 'No credits left'],
	'rate-limit': ['rate_limited', 'Too many sessions'],
	'bad-settings': ['input_error', 'Unknown model']
} as const;

function recite(socket: Connection, notes: Notes): void {
	const { mishap } = notes.script;
	const recital = new Recital(notes.script);
	let uncommittedBytes = 0;
	const refused = notes.asked['key'] === FAKE_KEY ? mishap : 'bad-key';
	const error = refused in ERRORS ? ERRORS[refused as keyof typeof ERRORS] : null;
	if (error !== null) {
		socket.send({ message_type: error[0], error: error[1] });
		socket.close(1008, error[0]);
		return;
	}
	socket.send({
		message_type: 'session_started',
		session_id: 's',
		config: { sample_rate: 16_000, audio_format: 'pcm_16000', commit_strategy: 'manual' }
	});
	socket.onText((message) => {
		const known = ['message_type', 'audio_base_64', 'commit', 'sample_rate', 'previous_text'];
		checkFields(message, known, notes, 'input_audio_chunk');
		if (message['message_type'] !== 'input_audio_chunk') {
			notes.violation(`message ${String(message['message_type'])}`);
			return;
		}
		if (message['sample_rate'] !== 16_000) notes.violation('sample_rate');
		if (typeof message['commit'] !== 'boolean') notes.violation('commit');
		const pcm = decodeBase64(message['audio_base_64'], notes);
		checkPcm(pcm, notes);
		uncommittedBytes += pcm.length;
		const guess = recital.sound(pcm.length / 32);
		if (guess !== null) {
			socket.send({ message_type: 'partial_transcript', text: guess });
			if (mishap === 'cut') return socket.cut();
			if (mishap === 'server-error') return socket.close(1011, 'internal error');
			if (mishap === 'garbage') return socket.sendText('{"text":"of what?"}');
			if (mishap === 'session-limit') {
				socket.send({ message_type: 'session_time_limit_exceeded', error: 'Time is up' });
				return socket.close(1000, '');
			}
		}
		if (message['commit'] === true) commit();
	});
	const commit = (): void => {
		if (mishap === 'never-ends') return;
		if (uncommittedBytes < COMMIT_MIN_BYTES) {
			notes.violation(`a commit of ${uncommittedBytes} bytes`);
			socket.send({ message_type: 'commit_throttled', error: 'too little audio' });
			return;
		}
		uncommittedBytes = 0;
		socket.send({ message_type: 'committed_transcript', text: recital.end() ?? '' });
	};
}
