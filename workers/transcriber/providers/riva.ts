import {
	Client,
	credentials,
	loadPackageDefinition,
	Metadata,
	status,
	type ClientDuplexStream,
	type ServiceError
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { z } from 'zod';
import { fault, type CaptionFault } from '#lib/domain/captions/fault.ts';
import { BYTES_PER_SAMPLE } from '../pcm.ts';
import { Backlog } from './backlog.ts';
import {
	CONNECT_MS,
	FINISH_MS,
	regionalLanguage,
	type SpeechListener,
	type SpeechProvider,
	type SpeechSettings,
	type SpeechStream
} from './provider.ts';
import { RIVA_MESSAGES } from './riva-messages.ts';
import { endedStream } from './socket-stream.ts';

/**
 * NVIDIA Riva, `RivaSpeechRecognition/StreamingRecognize`: at NVIDIA's cloud (NVCF), where the model is the id
 * of a function, or at a server of one's own (`server`: `host:50051`, with `https://` before it for TLS).
 * https://docs.nvidia.com/deeplearning/riva and https://docs.api.nvidia.com, read in November 2026.
 */
const NVCF = 'grpc.nvcf.nvidia.com:443';
const RATE_HZ = 16_000;
/** The server ends an utterance by hearing silence; held back silence is given to it in one piece. */
const PAUSE_SILENCE = Buffer.alloc(RATE_HZ * 1.2 * BYTES_PER_SAMPLE);
const HINT_BOOST = 10;

export const riva: SpeechProvider = { name: 'nvidia', rateHz: RATE_HZ, open };

type Request = { streamingConfig: object } | { audioContent: Buffer };
type Call = ClientDuplexStream<Request, unknown>;

const response = z.object({
	results: z.array(
		z.object({
			isFinal: z.boolean(),
			alternatives: z.array(z.object({ transcript: z.string() }))
		})
	)
});

const Recognition = recognitionClient();

function recognitionClient() {
	const root = loadPackageDefinition(fromJSON(RIVA_MESSAGES, { defaults: true }));
	const path = ['nvidia', 'riva', 'asr', 'RivaSpeechRecognition'];
	const found = path.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], root);
	return found as new (...args: ConstructorParameters<typeof Client>) => Client & {
		streamingRecognize(metadata: Metadata): Call;
	};
}

function open(settings: SpeechSettings, listener: SpeechListener): SpeechStream {
	const { server, key, model, language } = settings;
	if (server === null && !key) return endedStream(listener, fault('key_missing'));
	if (server === null && !model)
		return endedStream(listener, fault('settings_refused', 'set the model to the function id'));
	if (language === null)
		return endedStream(listener, fault('settings_refused', 'set the language that is spoken'));

	const backlog = new Backlog(RATE_HZ);
	const secure = server === null || server.startsWith('https://');
	const client = new Recognition(
		server?.replace(/^https?:\/\//, '') ?? NVCF,
		secure ? credentials.createSsl() : credentials.createInsecure()
	);
	const metadata = new Metadata();
	if (key) metadata.set('authorization', `Bearer ${key}`);
	if (server === null) metadata.set('function-id', model);

	let call: Call | null = null;
	let phase: 'connecting' | 'ready' | 'finishing' | 'over' = 'connecting';
	let finishing: NodeJS.Timeout | undefined;

	const end = (why: CaptionFault | null): void => {
		if (phase === 'over') return;
		phase = 'over';
		clearTimeout(finishing);
		call?.cancel();
		client.close();
		listener.ended(why);
	};
	const write = (request: Request): void => {
		call?.write(request);
	};
	const begin = (): void => {
		call = client.streamingRecognize(metadata);
		call.on('error', (error: ServiceError) => end(explained(error)));
		call.on('end', () =>
			end(phase === 'finishing' ? null : fault('provider_dropped', 'stream ended'))
		);
		call.on('data', (data: unknown) => {
			if (phase === 'over') return;
			const parsed = response.safeParse(data);
			if (parsed.success) tell(parsed.data, listener);
			else end(fault('provider_broke_protocol', parsed.error.message.slice(0, 200)));
		});
		write({ streamingConfig: { interimResults: true, config: config(settings, language) } });
		const wanted = phase === 'finishing';
		phase = 'ready';
		listener.ready();
		for (const { item } of backlog.take())
			write({ audioContent: item === 'pause' ? PAUSE_SILENCE : item });
		if (wanted) finish();
	};
	const finish = (): void => {
		const connected = call !== null;
		phase = 'finishing';
		if (connected) call?.end();
	};

	client.waitForReady(Date.now() + CONNECT_MS, (error) => {
		if (phase === 'over') return;
		if (error) end(fault('provider_unreachable', error.message));
		else begin();
	});

	return {
		write(pcm) {
			if (phase === 'connecting') backlog.add(pcm);
			else if (phase === 'ready') write({ audioContent: pcm });
		},
		pause() {
			if (phase === 'connecting') backlog.add('pause');
			else if (phase === 'ready') write({ audioContent: PAUSE_SILENCE });
		},
		finish() {
			if (phase === 'over' || phase === 'finishing') return;
			finishing = setTimeout(() => end(null), FINISH_MS);
			finish();
		},
		close: () => end(null)
	};
}

function config({ server, model, hints }: SpeechSettings, language: string): object {
	return {
		encoding: 'LINEAR_PCM',
		sampleRateHertz: RATE_HZ,
		languageCode: regionalLanguage(language),
		maxAlternatives: 1,
		audioChannelCount: 1,
		enableAutomaticPunctuation: true,
		model: server === null ? '' : model,
		speechContexts: hints.length === 0 ? [] : [{ phrases: hints, boost: HINT_BOOST }]
	};
}

function tell({ results }: z.infer<typeof response>, listener: SpeechListener): void {
	const text = (final: boolean): string =>
		results
			.filter(({ isFinal }) => isFinal === final)
			.map(({ alternatives }) => alternatives[0]?.transcript ?? '')
			.join(' ')
			.trim();
	if (results.some(({ isFinal }) => isFinal)) {
		listener.fragment({ type: 'final', text: text(true) });
		listener.fragment({ type: 'utterance-end' });
	}
	if (text(false) !== '') listener.fragment({ type: 'interim', text: text(false) });
}

function explained({ code, details }: ServiceError): CaptionFault {
	const detail = `gRPC ${status[code]} ${details}`.slice(0, 300);
	switch (code) {
		case status.UNAUTHENTICATED:
		case status.PERMISSION_DENIED:
			return fault('key_refused', detail);
		case status.RESOURCE_EXHAUSTED:
			return fault(/quota|credit/i.test(details) ? 'quota_exceeded' : 'rate_limited', detail);
		case status.INVALID_ARGUMENT:
		case status.NOT_FOUND:
		case status.UNIMPLEMENTED:
		case status.FAILED_PRECONDITION:
			return fault('settings_refused', detail);
		case status.INTERNAL:
		case status.DATA_LOSS:
			return fault('provider_broke_protocol', detail);
		default:
			return fault('provider_dropped', detail);
	}
}
