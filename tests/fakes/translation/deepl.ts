import { serveTranslation, translated, FAKE_KEY, type TranslationFake } from './fake.ts';

/**
 * DeepL `POST /v2/translate`, as documented in November 2026:
 * - https://developers.deepl.com/api-reference/translate (fields; text is a list; target_lang in capitals)
 * - https://developers.deepl.com/docs/getting-started/auth (`Authorization: DeepL-Auth-Key …`)
 * - https://developers.deepl.com/docs/best-practices/error-handling (403 key, 429 too many, 456 quota, 529)
 * - https://developers.deepl.com/docs/xml-and-html-handling/xml (tag_handling, ignore_tags)
 */
const FIELDS = [
	...['text', 'source_lang', 'target_lang', 'context', 'show_billed_characters', 'split_sentences'],
	...['preserve_formatting', 'formality', 'model_type', 'glossary_id', 'tag_handling'],
	...['outline_detection', 'non_splitting_tags', 'splitting_tags', 'ignore_tags']
];
const TARGETS = ['AR', 'DE', 'EN-GB', 'EN-US', 'ES', 'FR', 'JA', 'PT-BR', 'PT-PT', 'ZH-HANS'];
const SOURCES = ['AR', 'DE', 'EN', 'ES', 'FR', 'JA', 'PT', 'ZH'];

export function serveDeepl(): Promise<TranslationFake> {
	return serveTranslation({
		path: '/v2/translate',
		base: '',
		fields: FIELDS,
		hasKey: ({ headers }) => headers.authorization === `DeepL-Auth-Key ${FAKE_KEY}`,
		check: ({ text, source_lang, target_lang, tag_handling, ignore_tags, split_sentences }) => [
			...(Array.isArray(text) && text.length === 1 ? [] : ['text is not a list of one']),
			...(TARGETS.includes(String(target_lang)) ? [] : [`target_lang ${String(target_lang)}`]),
			...(source_lang === undefined || SOURCES.includes(String(source_lang))
				? []
				: [`source_lang ${String(source_lang)}`]),
			...(ignore_tags !== undefined && tag_handling !== 'xml' ? ['ignore_tags without xml'] : []),
			...(split_sentences === undefined ||
			['0', '1', 'nonewlines'].includes(String(split_sentences))
				? []
				: ['split_sentences']),
			...(tag_handling === 'xml' ? badXml(String((text as string[])[0])) : [])
		],
		answer: ({ text, target_lang }) => ({
			translations: (text as string[]).map((one) => ({
				detected_source_language: 'EN',
				text: translated(one, String(target_lang).toLowerCase())
			}))
		}),
		refusals: {
			'bad-key': [403, { message: 'Forbidden' }],
			quota: [456, { message: 'Quota Exceeded' }],
			'rate-limit': [429, { message: 'Too many requests' }],
			'bad-settings': [400, { message: "Value for 'target_lang' not supported." }],
			overloaded: [503, { message: 'Resource currently unavailable.' }],
			'server-error': [500, { message: 'Internal error' }]
		}
	});
}

/** With `tag_handling: xml` a text that is no XML is refused. */
function badXml(text: string): string[] {
	const rest = text.replace(/<keep>[^<]*<\/keep>/g, '').replace(/&(amp|lt|gt|quot|apos);/g, '');
	return /[<>&]/.test(rest) ? [`not well-formed: ${text}`] : [];
}
