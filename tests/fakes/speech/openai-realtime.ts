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
 * OpenAI realtime transcription, as documented up to November 2026:
 * https://developers.openai.com/api/docs/guides/realtime-transcription and
 * /api/reference/resources/realtime/client-events, /server-events. The beta header is refused (close 4000
 * `beta_api_shape_disabled` since May 2026), a model in the URL makes a conversation session, sound is 24 kHz.
 */
const BYTES_PER_MS = 48;
const COMMIT_MIN_MS = 100;

export type OpenaiRealtimeOptions = {
	/** The first turn's text comes after the second's. */
	readonly outOfOrder?: boolean;
};

export function serveOpenaiRealtime(
	script: SpeechScript,
	{ outOfOrder = false }: OpenaiRealtimeOptions = {}
): Promise<SpeechFake> {
	return serveVendor(script, {
		admit(request, url, notes) {
			if (url.pathname !== '/v1/realtime') return { status: 404, body: '{}' };
			if (url.search !== '?intent=transcription') notes.violation(`query ${url.search}`);
			if (request.headers['openai-beta'] !== undefined) notes.violation('OpenAI-Beta header');
			const key = request.headers.authorization;
			if (key !== `Bearer ${FAKE_KEY}` || script.mishap === 'bad-key')
				return { status: 401, body: '{"error":{"code":"invalid_api_key"}}' };
			if (script.mishap === 'rate-limit')
				return { status: 429, body: '{"error":{"code":"rate_limit_exceeded"}}' };
			return null;
		},
		connected: (socket, notes) => recite(socket, notes, outOfOrder)
	});
}

function recite(socket: Connection, notes: Notes, outOfOrder: boolean): void {
	const { mishap } = notes.script;
	const recital = new Recital(notes.script);
	let configured = false;
	let turn = 1;
	let spoken = '';
	const later: (() => void)[] = [];
	const item = (): string => `item_${turn}`;
	const error = (type: string, code: string): void =>
		socket.send({
			type: 'error',
			event_id: 'e',
			error: { type, code, message: code, param: null }
		});

	const append = (audio: unknown): void => {
		const pcm = decodeBase64(audio, notes);
		checkPcm(pcm, notes);
		const guess = recital.sound(pcm.length / BYTES_PER_MS);
		if (guess === null) return;
		// A delta adds to what came before, so guesses of this script only grow.
		if (guess.startsWith(spoken) && guess !== spoken)
			socket.send({
				type: 'conversation.item.input_audio_transcription.delta',
				item_id: item(),
				content_index: 0,
				delta: guess.slice(spoken.length)
			});
		spoken = guess;
		if (mishap === 'cut') socket.cut();
		if (mishap === 'server-error') socket.close(1011, 'internal error');
		if (mishap === 'garbage') socket.sendText('[1,2');
		if (mishap === 'session-limit') error('invalid_request_error', 'session_expired');
	};
	const commit = (): void => {
		if (recital.soundMs < COMMIT_MIN_MS) {
			notes.violation(`a commit of ${recital.soundMs} ms`);
			return error('invalid_request_error', 'input_audio_buffer_commit_empty');
		}
		const previous = turn > 1 ? `item_${turn - 1}` : null;
		const id = item();
		const transcript = recital.end() ?? '';
		socket.send({ type: 'input_audio_buffer.committed', item_id: id, previous_item_id: previous });
		const complete = (): void =>
			socket.send({
				type: 'conversation.item.input_audio_transcription.completed',
				item_id: id,
				content_index: 0,
				transcript,
				usage: { type: 'duration', seconds: 1 }
			});
		turn++;
		spoken = '';
		if (mishap === 'never-ends') return;
		if (outOfOrder && turn === 2) later.push(complete);
		else {
			complete();
			for (const one of later.splice(0)) one();
		}
	};

	socket.send({ type: 'session.created', event_id: 'e', session: { type: 'transcription' } });
	socket.onText((message) => {
		switch (message['type']) {
			case 'session.update':
				checkSession(message['session'], notes);
				if (mishap === 'quota') return error('insufficient_quota', 'insufficient_quota');
				if (mishap === 'bad-settings') return error('invalid_request_error', 'model_not_found');
				configured = true;
				return socket.send({ type: 'session.updated', event_id: 'e', session: message['session'] });
			case 'input_audio_buffer.append':
				checkFields(message, ['type', 'audio'], notes, 'append');
				if (!configured) notes.violation('sound before session.updated');
				return append(message['audio']);
			case 'input_audio_buffer.commit':
				checkFields(message, ['type'], notes, 'commit');
				return commit();
			default:
				notes.violation(`event ${String(message['type'])}`);
		}
	});
}

function checkSession(session: unknown, notes: Notes): void {
	const of = (value: unknown): Record<string, unknown> => (value ?? {}) as Record<string, unknown>;
	checkFields(of(session), ['type', 'audio', 'include'], notes, 'session');
	const input = of(of(of(session)['audio'])['input']);
	checkFields(
		input,
		['format', 'transcription', 'noise_reduction', 'turn_detection'],
		notes,
		'audio.input'
	);
	const transcription = of(input['transcription']);
	const known = ['model', 'language', 'languages', 'prompt', 'keywords', 'delay'];
	checkFields(transcription, known, notes, 'transcription');
	if (of(session)['type'] !== 'transcription') notes.violation('session.type');
	if (of(input['format'])['type'] !== 'audio/pcm' || of(input['format'])['rate'] !== 24_000)
		notes.violation('audio.input.format');
	if (transcription['model'] === 'gpt-live-transcribe' && input['turn_detection'])
		notes.violation('gpt-live-transcribe takes no turn detection');
	Object.assign(notes.asked, transcription);
}
