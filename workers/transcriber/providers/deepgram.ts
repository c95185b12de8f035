import { z } from 'zod';
import { fault } from '#lib/domain/captions/fault.ts';
import type { SpeechListener, SpeechProvider, SpeechSettings, SpeechStream } from './provider.ts';
import {
	endedStream,
	httpFault,
	socketStream,
	type JsonObject,
	type SocketWire
} from './socket-stream.ts';

/**
 * Deepgram live transcription, `wss://api.deepgram.com/v1/listen`
 * (https://developers.deepgram.com/reference/speech-to-text/listen-streaming, read in November 2026).
 */
const SERVER = 'wss://api.deepgram.com';
const USUAL_MODEL = 'nova-3';
const RATE_HZ = 16_000;
/** Ten seconds without data and the server hangs up (NET-0001). */
const KEEP_ALIVE_MS = 4_000;
const KEYTERMS_MAX = 100;

export const deepgram: SpeechProvider = { name: 'deepgram', rateHz: RATE_HZ, open };

const results = z.object({
	start: z.number(),
	duration: z.number(),
	is_final: z.boolean(),
	speech_final: z.boolean().optional(),
	from_finalize: z.boolean().optional(),
	channel: z.object({
		alternatives: z
			.array(
				z.object({
					transcript: z.string(),
					words: z.array(z.object({ start: z.number(), end: z.number() })).optional()
				})
			)
			.min(1)
	})
});

function open(settings: SpeechSettings, listener: SpeechListener): SpeechStream {
	const { key } = settings;
	if (!key) return endedStream(listener, fault('key_missing'));
	/** A guess that is not committed yet, and whether its utterance is known to be over. */
	let guessing = false;
	let endWanted = false;

	const utteranceEnd = (wire: SocketWire): void => {
		// The end may overtake the words; they must not come after it.
		endWanted = guessing;
		if (!guessing) wire.fragment({ type: 'utterance-end' });
	};
	const onResults = (message: JsonObject, wire: SocketWire): void => {
		const parsed = results.safeParse(message);
		const [alternative] = parsed.data?.channel.alternatives ?? [];
		if (!parsed.success || alternative === undefined) {
			wire.fail(fault('provider_broke_protocol', JSON.stringify(message).slice(0, 200)));
			return;
		}
		const { start, duration, is_final, speech_final, from_finalize } = parsed.data;
		const { transcript: text, words = [] } = alternative;
		const startedAt = (words[0]?.start ?? start) * 1000;
		const endedAt = (words.at(-1)?.end ?? start + duration) * 1000;
		guessing = !is_final && text !== '';
		wire.fragment({ type: is_final ? 'final' : 'interim', text, startedAt, endedAt });
		if (is_final && (speech_final || from_finalize || endWanted)) utteranceEnd(wire);
	};

	return socketStream(
		{
			url: address(settings),
			headers: { Authorization: `Token ${key}` },
			rateHz: RATE_HZ,
			keepAlive: { everyMs: KEEP_ALIVE_MS, message: JSON.stringify({ type: 'KeepAlive' }) },
			opened: (wire) => wire.ready(),
			message(message, wire) {
				if (message['type'] === 'Results') onResults(message, wire);
				else if (message['type'] === 'UtteranceEnd') utteranceEnd(wire);
				// Metadata, SpeechStarted and what they add later tell nothing that is needed here.
			},
			audio: (pcm, wire) => wire.send(pcm),
			pause: (wire) => wire.send({ type: 'Finalize' }),
			finish: (wire) => wire.send({ type: 'CloseStream' }),
			refused: httpFault,
			closed(code, reason) {
				const detail = `closed ${code} ${reason}`.trim();
				// DATA-0000: the sound cannot be decoded as what the URL said.
				return code === 1008
					? fault('settings_refused', detail)
					: fault('provider_dropped', detail);
			}
		},
		listener
	);
}

function address({ server, model, language, hints }: SpeechSettings): string {
	const url = new URL('/v1/listen', server ?? SERVER);
	const used = model || USUAL_MODEL;
	const values = {
		model: used,
		language: language ?? 'multi',
		encoding: 'linear16',
		sample_rate: String(RATE_HZ),
		channels: '1',
		interim_results: 'true',
		punctuate: 'true',
		smart_format: 'true',
		endpointing: '300',
		utterance_end_ms: '1000'
	};
	for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
	// nova-3 takes key terms; older models refuse the parameter.
	if (used.startsWith('nova-3'))
		for (const hint of hints.slice(0, KEYTERMS_MAX)) url.searchParams.append('keyterm', hint);
	return url.href;
}
