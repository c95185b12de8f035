import { serveTranslation, translated, FAKE_KEY, type TranslationFake } from './fake.ts';

/**
 * LibreTranslate `POST /translate`, as documented in November 2026:
 * https://docs.libretranslate.com/api/operations/translate (fields; 400 bad request, 403 key, 429 slowdown,
 * 500 error) and https://docs.libretranslate.com/guides/manage_api_keys (`api_key` in the body).
 */
const FIELDS = ['q', 'source', 'target', 'format', 'alternatives', 'api_key'];
const LANGUAGES = ['ar', 'de', 'en', 'es', 'fr', 'ja', 'pt', 'pt-BR', 'zh-Hans', 'zh-Hant'];

export function serveLibretranslate(): Promise<TranslationFake> {
	return serveTranslation({
		path: '/translate',
		base: '',
		fields: FIELDS,
		hasKey: (_, { api_key }) => api_key === FAKE_KEY,
		check: ({ q, source, target, format }) => [
			...(typeof q === 'string' && q !== '' ? [] : ['no text']),
			...(source === 'auto' || LANGUAGES.includes(String(source))
				? []
				: [`source ${String(source)}`]),
			...(LANGUAGES.includes(String(target)) ? [] : [`target ${String(target)}`]),
			...(format === 'text' ? [] : ['format'])
		],
		answer: ({ q, source, target }) => ({
			translatedText: translated(String(q), String(target)),
			...(source === 'auto' ? { detectedLanguage: { confidence: 90, language: 'en' } } : {})
		}),
		refusals: {
			'bad-key': [403, { error: 'Invalid API key' }],
			quota: null,
			'rate-limit': [429, { error: 'Slowdown' }],
			'bad-settings': [400, { error: 'xx is not supported' }],
			overloaded: null,
			'server-error': [500, { error: 'Cannot translate text' }]
		}
	});
}
