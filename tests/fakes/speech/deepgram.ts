import { FAKE_KEY, Recital, type SpeechFake, type SpeechScript } from './fake.ts';
import {
	checkFields,
	checkPcm,
	serveVendor,
	type Connection,
	type Notes
} from './websocket-server.ts';

/**
 * Deepgram live transcription, as documented up to November 2026:
 * - parameters and messages: https://developers.deepgram.com/reference/speech-to-text/listen-streaming
 * - Finalize, CloseStream, KeepAlive: https://developers.deepgram.com/docs/finalize, /docs/close-stream,
 *   /docs/audio-keep-alive (10 s without data: close 1011, NET-0001; control messages are text frames)
 * - errors: https://developers.deepgram.com/docs/errors, /docs/stt-troubleshooting-websocket-data-and-net-errors
 */
const PARAMETERS = [
	...['model', 'language', 'encoding', 'sample_rate', 'channels', 'interim_results', 'punctuate'],
	...[
		'smart_format',
		'numerals',
		'endpointing',
		'utterance_end_ms',
		'vad_events',
		'diarize',
		'keyterm'
	]
];
const RATE_HZ = 16_000;

export type DeepgramFake = SpeechFake & { readonly keptAlive: Promise<void> };

export type DeepgramOptions = {
	/** UtteranceEnd is sent while the last words are still a guess, as the real server may do. */
	readonly earlyUtteranceEnd?: boolean;
	/** Comes back where it was before. */
	readonly port?: number;
};

export async function serveDeepgram(
	script: SpeechScript,
	{ earlyUtteranceEnd = false, port = 0 }: DeepgramOptions = {}
): Promise<DeepgramFake> {
	let alive = (): void => undefined;
	const keptAlive = new Promise<void>((resolve) => (alive = resolve));
	const fake = await serveVendor(
		script,
		{
			admit(request, url, notes) {
				if (url.pathname !== '/v1/listen') return { status: 404, body: '{}' };
				if (request.headers.authorization !== `Token ${FAKE_KEY}` || script.mishap === 'bad-key')
					return {
						status: 401,
						body: '{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials."}'
					};
				if (script.mishap === 'quota')
					return { status: 402, body: '{"err_code":"ASR_PAYMENT_REQUIRED"}' };
				if (script.mishap === 'rate-limit')
					return { status: 429, body: '{"err_code":"TOO_MANY_REQUESTS"}' };
				if (script.mishap === 'bad-settings')
					return { status: 400, body: '{"err_code":"Bad Request","err_msg":"No such model"}' };
				checkParameters(url.searchParams, notes);
				return null;
			},
			connected: (socket, notes) => recite(socket, notes, alive, earlyUtteranceEnd)
		},
		port
	);
	return Object.assign(fake, { keptAlive });
}

function checkParameters(query: URLSearchParams, notes: Notes): void {
	for (const [name, value] of query) {
		if (!PARAMETERS.includes(name)) notes.violation(`unknown parameter ${name}`);
		notes.asked[name] = name === 'keyterm' ? query.getAll('keyterm') : value;
	}
	if (query.get('encoding') !== 'linear16') notes.violation('encoding');
	if (query.get('sample_rate') !== String(RATE_HZ)) notes.violation('sample_rate');
	if (query.has('keyterm') && !query.get('model')?.startsWith('nova-3'))
		notes.violation('keyterm is for nova-3 alone');
	if (query.has('utterance_end_ms')) {
		if (query.get('interim_results') !== 'true')
			notes.violation('utterance_end_ms needs interim_results');
		if (Number(query.get('utterance_end_ms')) < 1000)
			notes.violation('utterance_end_ms below 1000');
	}
}

function recite(socket: Connection, notes: Notes, alive: () => void, early: boolean): void {
	const { mishap } = notes.script;
	const recital = new Recital(notes.script);
	const results = (transcript: string, final: boolean, fromFinalize: boolean, ms: number): void =>
		socket.send({
			type: 'Results',
			channel_index: [0, 1],
			start: recital.startedMs / 1000,
			duration: ms / 1000,
			is_final: final,
			speech_final: false,
			...(fromFinalize ? { from_finalize: true } : {}),
			channel: { alternatives: [{ transcript, confidence: 0.98, words: [] }] },
			metadata: { request_id: 'r', model_uuid: 'm', model_info: { name: 'nova-3' } }
		});
	const flush = (fromFinalize: boolean): void => {
		const ms = recital.soundMs;
		const before = recital.startedMs;
		if (early && ms > 0)
			socket.send({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: (before + ms) / 1000 });
		const final = recital.end();
		// Without sound that waits nothing may come back at all, as the documentation warns.
		if (final === null) return;
		const after = recital.startedMs;
		recital.startedMs = before;
		results(final, true, fromFinalize && !early, ms);
		recital.startedMs = after;
	};
	socket.onBinary((pcm) => {
		checkPcm(pcm, notes);
		const guess = recital.sound(pcm.length / 32);
		if (guess === null) return;
		results(guess, false, false, recital.soundMs);
		if (mishap === 'cut') socket.cut();
		if (mishap === 'server-error') socket.close(1011, 'NET-0000: internal error');
		if (mishap === 'garbage') socket.sendText('<html>');
	});
	socket.onText((message) => {
		checkFields(message, ['type', 'channel'], notes, 'control message');
		switch (message['type']) {
			case 'KeepAlive':
				return alive();
			case 'Finalize':
				return flush(true);
			case 'CloseStream':
				if (mishap === 'never-ends') return;
				flush(false);
				socket.send({
					type: 'Metadata',
					request_id: 'r',
					duration: recital.startedMs / 1000,
					channels: 1
				});
				return socket.close(1000, '');
			default:
				notes.violation(`control message ${String(message['type'])}`);
		}
	});
}
