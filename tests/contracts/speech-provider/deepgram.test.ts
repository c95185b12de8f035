import { expect, it } from 'vitest';
import { deepgram } from '../../../workers/transcriber/providers/deepgram.ts';
import { serveDeepgram } from '../../fakes/speech/deepgram.ts';
import { describeSpeechProvider } from './contract.ts';
import { listen, speak, speech } from './stage.ts';

describeSpeechProvider({
	provider: deepgram,
	serve: serveDeepgram,
	nowhere: (port) => `ws://127.0.0.1:${port}`,
	faults: {
		'bad-key': 'key_refused',
		quota: 'quota_exceeded',
		'rate-limit': 'rate_limited',
		'bad-settings': 'settings_refused',
		cut: 'provider_dropped',
		'server-error': 'provider_dropped',
		garbage: 'provider_broke_protocol'
	},
	guesses: true,
	streams: true
});

const utterances = [{ guesses: ['yes'], final: 'Yes.' }];
const settings = {
	language: 'pt-BR',
	model: '',
	key: 'a-key-that-fits',
	hints: ['Rao', 'VoxBento']
};

it('asks for nova-3 in the channel’s language with its key terms, and for no key terms of older models', async () => {
	const fake = await serveDeepgram({ utterances, mishap: 'none' });
	const first = listen(deepgram, { ...settings, server: fake.server });
	await first.until('ready');
	expect(fake.asked).toMatchObject({
		model: 'nova-3',
		language: 'pt-BR',
		keyterm: ['Rao', 'VoxBento']
	});
	first.stream.close();
	const second = listen(deepgram, {
		...settings,
		model: 'nova-2',
		language: null,
		server: fake.server
	});
	await second.until('ready');
	second.stream.close();
	expect(fake.asked).toMatchObject({ model: 'nova-2', language: 'multi' });
	expect(fake.violations).toEqual([]);
	await fake.close();
});

it('is kept alive while nobody speaks', async () => {
	const fake = await serveDeepgram({ utterances, mishap: 'none' });
	const listened = listen(deepgram, { ...settings, server: fake.server });
	await fake.keptAlive;
	expect(listened.said).toEqual(['ready']);
	listened.stream.close();
	await fake.close();
});

it('never lets the end of an utterance overtake its words', async () => {
	const fake = await serveDeepgram({ utterances, mishap: 'none' }, { earlyUtteranceEnd: true });
	const listened = listen(deepgram, { ...settings, server: fake.server });
	await listened.until('ready');
	speak(listened.stream, speech(320, 16_000), 16_000);
	listened.stream.pause();
	await listened.until('utterance-end');
	expect(listened.said).toEqual(['ready', 'interim: yes', 'final: Yes.', 'utterance-end']);
	expect(listened.fragments[1]).toMatchObject({ startedAt: 0, endedAt: 320 });
	listened.stream.close();
	await fake.close();
});
