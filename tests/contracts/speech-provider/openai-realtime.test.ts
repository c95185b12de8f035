import { expect, it } from 'vitest';
import { openaiRealtime } from '../../../workers/transcriber/providers/openai-realtime.ts';
import { serveOpenaiRealtime } from '../../fakes/speech/openai-realtime.ts';
import { describeSpeechProvider } from './contract.ts';
import { listen, speak, speech } from './stage.ts';

describeSpeechProvider({
	provider: openaiRealtime,
	serve: serveOpenaiRealtime,
	nowhere: (port) => `ws://127.0.0.1:${port}`,
	faults: {
		'bad-key': 'key_refused',
		quota: 'quota_exceeded',
		'rate-limit': 'rate_limited',
		'bad-settings': 'settings_refused',
		'session-limit': 'session_limit',
		cut: 'provider_dropped',
		'server-error': 'provider_dropped',
		garbage: 'provider_broke_protocol'
	},
	guesses: true,
	streams: true
});

it('keeps turns in the order they were spoken, though their texts come in another', async () => {
	const utterances = [
		{ guesses: ['one'], final: 'One.' },
		{ guesses: ['two'], final: 'Two.' }
	];
	const fake = await serveOpenaiRealtime({ utterances, mishap: 'none' }, { outOfOrder: true });
	const listened = listen(openaiRealtime, {
		language: 'de',
		model: '',
		key: fake.key,
		server: fake.server,
		hints: ['Rao']
	});
	await listened.until('ready');
	expect(fake.asked).toEqual({ model: 'gpt-live-transcribe', language: 'de', keywords: ['Rao'] });
	for (let turn = 0; turn < 2; turn++) {
		speak(listened.stream, speech(240, 24_000), 24_000);
		listened.stream.pause();
	}
	await listened.until('final: Two.');
	expect(listened.said).toEqual([
		'ready',
		'interim: one',
		'interim: one two',
		// The second turn's whole text is there before the first one is complete.
		'interim: one Two.',
		'final: One.',
		'utterance-end',
		'final: Two.',
		'utterance-end'
	]);
	listened.stream.finish();
	expect(await listened.ended()).toBeNull();
	expect(fake.violations).toEqual([]);
	await fake.close();
});

it('gives older models its hints as a text', async () => {
	const fake = await serveOpenaiRealtime({ utterances: [], mishap: 'none' });
	const listened = listen(openaiRealtime, {
		language: null,
		model: 'gpt-4o-transcribe',
		key: fake.key,
		server: fake.server,
		hints: ['Rao', 'VoxBento']
	});
	await listened.until('ready');
	expect(fake.asked).toEqual({ model: 'gpt-4o-transcribe', prompt: 'Rao, VoxBento' });
	listened.stream.close();
	await fake.close();
});
