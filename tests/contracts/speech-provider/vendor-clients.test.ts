import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { DeepgramClient } from '@deepgram/sdk';
import OpenAI, { toFile } from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { generate } from 'selfsigned';
import { expect, it } from 'vitest';
import { wavFile } from '../../../workers/transcriber/pcm.ts';
import { serveDeepgram } from '../../fakes/speech/deepgram.ts';
import { serveOpenaiRealtime } from '../../fakes/speech/openai-realtime.ts';
import { serveOpenaiRest } from '../../fakes/speech/openai-rest.ts';
import { speech } from './stage.ts';

/**
 * The scripted servers are judged by the vendors' own client libraries: what those send must be no violation,
 * and what the servers send must be understood by them.
 */
const script = {
	utterances: [{ guesses: ['good', 'good morning'], final: 'Good morning.' }],
	mishap: 'none'
} as const;

it('Deepgram’s client understands the scripted Deepgram', async () => {
	const fake = await serveDeepgram(script);
	const base = fake.server;
	const client = new DeepgramClient({
		apiKey: fake.key,
		environment: {
			base: base.replace('ws', 'http'),
			production: base,
			agent: base,
			agentRest: base
		}
	});
	const connection = await client.listen.v1.connect({
		model: 'nova-3',
		language: 'en',
		encoding: 'linear16',
		sample_rate: 16_000,
		channels: 1,
		interim_results: 'true',
		Authorization: `Token ${fake.key}`
	});
	const heard: string[] = [];
	const closed = new Promise<void>((resolve) => connection.on('close', () => resolve()));
	connection.on('message', (message) => {
		if (message.type !== 'Results') return;
		const text = message.channel.alternatives[0]?.transcript ?? '';
		heard.push(`${message.is_final ? 'final' : 'interim'}: ${text}`);
	});
	connection.connect();
	await connection.waitForOpen();
	const pcm = speech(240, 16_000);
	connection.sendMedia(Uint8Array.from(pcm).buffer);
	connection.sendKeepAlive({ type: 'KeepAlive' });
	connection.sendFinalize({ type: 'Finalize' });
	connection.sendCloseStream({ type: 'CloseStream' });
	await closed;
	connection.close();
	expect(heard).toEqual(['interim: good', 'final: Good morning.']);
	expect(fake.violations).toEqual([]);
	await fake.close();
});

it('OpenAI’s client understands the scripted live transcription', async () => {
	const fake = await serveOpenaiRealtime(script);
	// The client speaks TLS and nothing else.
	const front = await tlsFrontOf(Number(new URL(fake.server).port));
	const client = new OpenAI({ apiKey: fake.key, baseURL: `${front.address}/v1` });
	const realtime = new OpenAIRealtimeWS(
		{ intent: 'transcription', options: { rejectUnauthorized: false } },
		client
	);
	const heard: string[] = [];
	const done = new Promise<void>((resolve, reject) => {
		realtime.on('error', reject);
		realtime.on('session.updated', () => {
			realtime.send({
				type: 'input_audio_buffer.append',
				audio: speech(240, 24_000).toString('base64')
			});
			realtime.send({ type: 'input_audio_buffer.commit' });
		});
		realtime.on('conversation.item.input_audio_transcription.delta', ({ delta }) =>
			heard.push(`delta: ${delta}`)
		);
		realtime.on('conversation.item.input_audio_transcription.completed', ({ transcript }) => {
			heard.push(`completed: ${transcript}`);
			resolve();
		});
	});
	realtime.socket.on('open', () =>
		realtime.send({
			type: 'session.update',
			session: {
				type: 'transcription',
				audio: {
					input: {
						format: { type: 'audio/pcm', rate: 24_000 },
						transcription: { model: 'gpt-live-transcribe', language: 'en', keywords: ['VoxBento'] },
						turn_detection: null
					}
				}
			}
		})
	);
	await done;
	realtime.close();
	front.close();
	expect(heard).toEqual(['delta: good', 'completed: Good morning.']);
	expect(fake.violations).toEqual([]);
	await fake.close();
});

it('OpenAI’s client understands the scripted transcription of files', async () => {
	const fake = await serveOpenaiRest(script);
	const client = new OpenAI({ apiKey: fake.key, baseURL: fake.server });
	const answer = await client.audio.transcriptions.create({
		file: await toFile(wavFile(speech(240, 16_000), 16_000), 'speech.wav', { type: 'audio/wav' }),
		model: 'gpt-transcribe',
		language: 'en',
		response_format: 'json'
	});
	expect(answer.text).toBe('Good morning.');
	expect(fake.violations).toEqual([]);
	await fake.close();
});

/** Takes TLS with a certificate of nobody and passes what is inside on to a port of this machine. */
async function tlsFrontOf(port: number): Promise<{ address: string; close(): void }> {
	const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }]);
	const server = createServer({ cert, key }, (outer) => {
		const inner = connect(port, '127.0.0.1');
		outer.pipe(inner).pipe(outer);
		outer.on('error', () => inner.destroy());
		inner.on('error', () => outer.destroy());
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const own = typeof address === 'object' && address !== null ? address.port : 0;
	return { address: `https://127.0.0.1:${own}`, close: () => server.close() };
}
