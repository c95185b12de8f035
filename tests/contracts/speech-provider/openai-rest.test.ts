import { expect, it } from 'vitest';
import { openaiRest } from '../../../workers/transcriber/providers/openai-rest.ts';
import { serveOpenaiRest } from '../../fakes/speech/openai-rest.ts';
import { describeSpeechProvider } from './contract.ts';
import { listen, speak, speech } from './stage.ts';

describeSpeechProvider({
	provider: openaiRest,
	serve: serveOpenaiRest,
	nowhere: (port) => `http://127.0.0.1:${port}/v1`,
	faults: {
		'bad-key': 'key_refused',
		quota: 'quota_exceeded',
		'rate-limit': 'rate_limited',
		'bad-settings': 'settings_refused',
		cut: 'provider_unreachable',
		'server-error': 'provider_unreachable',
		garbage: 'provider_broke_protocol'
	},
	guesses: false,
	streams: false
});

const utterances = [
	{ guesses: [], final: 'One.' },
	{ guesses: [], final: 'Two.' }
];

it('asks again when the server is overloaded, and keeps the order', async () => {
	const fake = await serveOpenaiRest({ utterances, mishap: 'none' }, { outagesFirst: 1 });
	const listened = listen(openaiRest, {
		language: 'en',
		model: 'whisper-large',
		key: fake.key,
		server: fake.server,
		hints: ['Rao']
	});
	for (let turn = 0; turn < 2; turn++) {
		speak(listened.stream, speech(400, 16_000), 16_000);
		listened.stream.pause();
	}
	await listened.until('final: Two.');
	expect(listened.said.filter((line) => line.startsWith('final'))).toEqual([
		'final: One.',
		'final: Two.'
	]);
	expect(fake.requests()).toBe(3);
	expect(fake.asked).toEqual({
		model: 'whisper-large',
		language: 'en',
		prompt: 'Rao',
		response_format: 'json'
	});
	listened.stream.close();
	await fake.close();
});

it('cuts speech without a pause into requests of bearable length, without losing any', async () => {
	const fake = await serveOpenaiRest({ utterances, mishap: 'none' });
	const listened = listen(openaiRest, {
		language: null,
		model: '',
		key: fake.key,
		server: fake.server,
		hints: []
	});
	const sound = speech(25_000, 16_000);
	speak(listened.stream, sound, 16_000);
	await listened.until('final: One.');
	expect(listened.said).not.toContain('utterance-end');
	listened.stream.finish();
	expect(await listened.ended()).toBeNull();
	expect(fake.requests()).toBe(2);
	expect(fake.heardBytes()).toBe(sound.length);
	await fake.close();
});
