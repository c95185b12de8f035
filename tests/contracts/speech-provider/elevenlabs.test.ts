import { expect, it } from 'vitest';
import { elevenlabs } from '../../../workers/transcriber/providers/elevenlabs.ts';
import { serveElevenlabs } from '../../fakes/speech/elevenlabs.ts';
import { describeSpeechProvider } from './contract.ts';
import { listen, speak, speech } from './stage.ts';

describeSpeechProvider({
	provider: elevenlabs,
	serve: serveElevenlabs,
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

it('fills a very short utterance up, so that its commit is taken', async () => {
	const utterances = [{ guesses: [], final: 'Yes.' }];
	const fake = await serveElevenlabs({ utterances, mishap: 'none' });
	const listened = listen(elevenlabs, {
		language: 'en-GB',
		model: '',
		key: fake.key,
		server: fake.server,
		hints: []
	});
	await listened.until('ready');
	speak(listened.stream, speech(80, 16_000), 16_000);
	listened.stream.pause();
	await listened.until('final: Yes.');
	expect(fake.asked).toMatchObject({ model_id: 'scribe_v2_realtime', language_code: 'en' });
	expect(fake.violations).toEqual([]);
	listened.stream.close();
	await fake.close();
});
