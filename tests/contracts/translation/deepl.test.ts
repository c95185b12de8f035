import { expect, it } from 'vitest';
import { deepl } from '#lib/server/translation/deepl.ts';
import { serveDeepl } from '../../fakes/translation/deepl.ts';
import { COMMON_FAULTS, describeTranslator } from './contract.ts';

describeTranslator({
	provider: deepl,
	serve: serveDeepl,
	model: '',
	codes: { de: 'de', 'en-GB': 'en-gb', 'pt-BR': 'pt-br' },
	faults: { ...COMMON_FAULTS, quota: 'quota_exceeded', overloaded: 'provider_overloaded' }
});

it('keeps the words of a glossary, whole and in any case', async () => {
	const fake = await serveDeepl();
	const { server, key } = fake;
	const answer = await deepl.translate(
		{ server, key, model: '' },
		{
			text: 'The old harbour & VoxBento; harbours are not meant.',
			source: 'en',
			target: 'de',
			context: [],
			glossary: [
				{ term: 'Old Harbour', translation: 'Alter Hafen' },
				{ term: 'voxbento', translation: 'VoxBento' }
			]
		},
		AbortSignal.timeout(5_000)
	);
	expect(fake.requests[0]?.['text']).toEqual([
		'The <keep>Alter Hafen</keep> &amp; <keep>VoxBento</keep>; harbours are not meant.'
	]);
	expect(answer).toEqual({
		ok: true,
		value: '[de] The Alter Hafen & VoxBento; harbours are not meant.'
	});
	expect(fake.violations).toEqual([]);
	await fake.close();
});

it('needs a key', async () => {
	const request = { text: 'x', source: null, target: 'de', context: [], glossary: [] };
	const access = { server: null, key: null, model: '' };
	expect(await deepl.translate(access, request, AbortSignal.timeout(100))).toMatchObject({
		error: { code: 'key_missing' }
	});
});
