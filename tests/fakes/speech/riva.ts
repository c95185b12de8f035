import {
	loadPackageDefinition,
	Server,
	ServerCredentials,
	status,
	type ServerDuplexStream,
	type ServiceClientConstructor
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { RIVA_MESSAGES } from '../../../workers/transcriber/providers/riva-messages.ts';
import { freePort } from '../../support/free-port.ts';
import { FAKE_KEY, Recital, type SpeechFake, type SpeechScript } from './fake.ts';

/**
 * NVIDIA Riva's StreamingRecognize, as documented up to November 2026
 * (https://github.com/nvidia-riva/common, riva_asr.proto; https://docs.nvidia.com/deeplearning/riva): the first
 * message holds the configuration alone, all others sound alone; an utterance ends where the server hears
 * silence; gRPC status codes say what is wrong.
 */
type Request = { streamingRequest?: string; streamingConfig?: Config; audioContent?: Buffer };
type Config = { interimResults: boolean; config?: Record<string, unknown> };
type Call = ServerDuplexStream<Request, object>;

const SILENCE_MIN_MS = 800;

const STATUSES = {
	'bad-key': [status.UNAUTHENTICATED, 'invalid key'],
	quota: [status.RESOURCE_EXHAUSTED, 'quota exceeded'],
	'rate-limit': [status.RESOURCE_EXHAUSTED, 'too many requests'],
	'bad-settings': [status.INVALID_ARGUMENT, 'no such model for this language']
} as const;

export async function serveRiva(script: SpeechScript): Promise<SpeechFake> {
	const violations: string[] = [];
	const asked: Record<string, unknown> = {};
	let heardBytes = 0;
	const server = new Server();
	const root = loadPackageDefinition(fromJSON(RIVA_MESSAGES, { defaults: true, oneofs: true }));
	const path = ['nvidia', 'riva', 'asr', 'RivaSpeechRecognition'];
	const found = path.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], root);

	server.addService((found as ServiceClientConstructor).service, {
		StreamingRecognize: (call: Call) => {
			const recital = new Recital(script);
			let configured = false;
			let silenceMs = 0;
			const fail = (code: status, details: string): void =>
				void call.emit('error', Object.assign(new Error(details), { code, details }));
			const result = (transcript: string, isFinal: boolean): void => {
				call.write({ results: [{ alternatives: [{ transcript, confidence: 0.9 }], isFinal }] });
			};
			const key = call.metadata.get('authorization')[0];
			const wrong = key === `Bearer ${FAKE_KEY}` ? script.mishap : 'bad-key';
			if (wrong in STATUSES) {
				const [code, details] = STATUSES[wrong as keyof typeof STATUSES];
				return fail(code, details);
			}
			call.on('data', (request: Request) => {
				if (!configured) {
					configured = true;
					if (request.streamingRequest !== 'streamingConfig')
						violations.push('no configuration first');
					checkConfig(request.streamingConfig, violations, asked);
					return;
				}
				const pcm = request.audioContent;
				if (
					request.streamingRequest !== 'audioContent' ||
					pcm === undefined ||
					pcm.length % 2 !== 0
				)
					return void violations.push('no whole samples');
				heardBytes += pcm.length;
				// Our scripts' speech is never zero; silence is.
				if (pcm.every((byte) => byte === 0)) {
					silenceMs += pcm.length / 32;
					if (silenceMs >= SILENCE_MIN_MS && recital.soundMs > 0) result(recital.end() ?? '', true);
					return;
				}
				silenceMs = 0;
				const guess = recital.sound(pcm.length / 32);
				if (guess === null) return;
				result(guess, false);
				if (script.mishap === 'cut') fail(status.UNAVAILABLE, 'connection lost');
				if (script.mishap === 'server-error') call.end();
				if (script.mishap === 'garbage') fail(status.INTERNAL, 'cannot parse');
			});
			call.on('end', () => {
				if (script.mishap === 'never-ends') return;
				const final = recital.end();
				if (final !== null) result(final, true);
				call.end();
			});
		}
	});
	const port = await freePort();
	const bound = (script.admission ?? Promise.resolve()).then(
		() =>
			new Promise<void>((resolve, reject) =>
				server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) =>
					error ? reject(error) : resolve()
				)
			)
	);
	// Without it the server is simply not there yet.
	if (script.admission === undefined) await bound;
	return {
		server: `127.0.0.1:${port}`,
		key: FAKE_KEY,
		heardBytes: () => heardBytes,
		violations,
		asked,
		async close() {
			await bound;
			server.forceShutdown();
		}
	};
}

function checkConfig(
	given: Config | undefined,
	violations: string[],
	asked: Record<string, unknown>
): void {
	const config = given?.config ?? {};
	Object.assign(asked, config, { interimResults: given?.interimResults });
	if (config['encoding'] !== 1 && config['encoding'] !== 'LINEAR_PCM') violations.push('encoding');
	if (config['sampleRateHertz'] !== 16_000) violations.push('sample_rate_hertz');
	if (!/^[a-z]{2,3}-[A-Z]{2}$/.test(String(config['languageCode'])))
		violations.push(`language_code ${String(config['languageCode'])} has no region`);
}
