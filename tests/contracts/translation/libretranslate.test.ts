import { expect, it } from 'vitest';
import { libretranslate } from '#lib/server/translation/libretranslate.ts';
import { serveLibretranslate } from '../../fakes/translation/libretranslate.ts';
import { COMMON_FAULTS, describeTranslator } from './contract.ts';

describeTranslator({
	provider: libretranslate,
	serve: serveLibretranslate,
	model: '',
	codes: { de: 'de', 'en-GB': 'en', 'pt-BR': 'pt-BR' },
	faults: COMMON_FAULTS
});

it('needs a server', async () => {
	const request = { text: 'x', source: null, target: 'de', context: [], glossary: [] };
	const access = { server: null, key: null, model: '' };
	expect(await libretranslate.translate(access, request, AbortSignal.timeout(100))).toMatchObject({
		error: { code: 'settings_refused' }
	});
});
