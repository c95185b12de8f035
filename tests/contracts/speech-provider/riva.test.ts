import { expect, it } from 'vitest';
import { riva } from '../../../workers/transcriber/providers/riva.ts';
import { serveRiva } from '../../fakes/speech/riva.ts';
import { describeSpeechProvider } from './contract.ts';
import { listen } from './stage.ts';

describeSpeechProvider({
	provider: riva,
	serve: serveRiva,
	nowhere: (port) => `127.0.0.1:${port}`,
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

it('names the region a language is spoken in, and boosts the hints', async () => {
	const fake = await serveRiva({ utterances: [], mishap: 'none' });
	const listened = listen(riva, {
		language: 'de',
		model: 'conformer',
		key: fake.key,
		server: fake.server,
		hints: ['Rao']
	});
	await listened.until('ready');
	listened.stream.finish();
	await listened.ended();
	expect(fake.asked).toMatchObject({
		languageCode: 'de-DE',
		model: 'conformer',
		interimResults: true,
		speechContexts: [{ phrases: ['Rao'] }]
	});
	await fake.close();
});

it.each([
	[{ model: '', language: 'en' }, /function id/],
	[{ model: 'x', language: null }, /language/]
])('says which setting is missing: %o', async (given, words) => {
	const listened = listen(riva, { ...given, key: 'k', server: null, hints: [] });
	const fault = await listened.ended();
	expect(fault?.code).toBe('settings_refused');
	expect(fault?.detail).toMatch(words);
});
