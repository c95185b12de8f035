import { z } from 'zod';
import { ok, refuse } from '#lib/domain/result.ts';
import { brokeProtocol, callJson, usualFault, withoutSlash } from './call.ts';
import type { TranslationProvider, TranslationRequest } from './port.ts';

/**
 * `POST /v2/translate` of DeepL (https://developers.deepl.com/api-reference/translate and
 * /docs/getting-started/auth, read in November 2026): key in `Authorization: DeepL-Auth-Key`, those of the
 * free plan end in `:fx` and have a host of their own; 456 is a used-up quota.
 */
const PRO = 'https://api.deepl.com';
const FREE = 'https://api-free.deepl.com';
/** Targets that must name their region; the source never does. */
const REGIONAL: Readonly<Record<string, string>> = { en: 'EN-US', pt: 'PT-PT' };
const KNOWN_REGIONS = ['EN-GB', 'EN-US', 'PT-BR', 'PT-PT', 'ES-419', 'ZH-HANS', 'ZH-HANT'];

const answer = z.object({ translations: z.array(z.object({ text: z.string() })).length(1) });

export const deepl: TranslationProvider = {
	name: 'deepl',
	async translate({ key, server, model }, request, signal) {
		if (key === null) return refuse('key_missing', 'API key missing.');
		const base = server ?? (key.endsWith(':fx') ? FREE : PRO);
		const answered = await callJson(
			`${withoutSlash(base)}/v2/translate`,
			{
				headers: { authorization: `DeepL-Auth-Key ${key}` },
				body: {
					text: [marked(request)],
					target_lang: targetCode(request.target),
					...(request.source === null ? {} : { source_lang: sourceCode(request.source) }),
					...(request.context.length === 0 ? {} : { context: request.context.join(' ') }),
					...(model === '' ? {} : { model_type: model }),
					tag_handling: 'xml',
					ignore_tags: ['keep'],
					// A caption is one piece, whatever marks stand in it.
					split_sentences: '0'
				},
				signal
			},
			(status) => (status === 456 ? 'quota_exceeded' : usualFault(status))
		);
		if (!answered.ok) return answered;
		const parsed = answer.safeParse(answered.value);
		const text = parsed.data?.translations[0]?.text;
		return text === undefined ? brokeProtocol() : ok(unmarked(text));
	}
};

/**
 * The text as XML with its glossary words already said and marked to be kept: DeepL's own glossaries are
 * objects with an id for each pair of languages, which a caption of a moment cannot wait for.
 */
function marked({ text, glossary }: TranslationRequest): string {
	const words = [...glossary].sort((a, b) => b.term.length - a.term.length);
	if (words.length === 0) return escaped(text);
	const found = new RegExp(
		`(?<![\\p{L}\\p{N}])(${words.map(({ term }) => literal(term)).join('|')})(?![\\p{L}\\p{N}])`,
		'giu'
	);
	return text
		.split(found)
		.map((piece, index) => {
			if (index % 2 === 0) return escaped(piece);
			const word = words.find(({ term }) => term.toLowerCase() === piece.toLowerCase());
			return `<keep>${escaped(word?.translation ?? piece)}</keep>`;
		})
		.join('');
}

function unmarked(text: string): string {
	return text
		.replace(/<\/?keep>/g, '')
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&apos;', "'")
		.replaceAll('&amp;', '&');
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function literal(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function sourceCode(language: string): string {
	return language.split('-')[0]?.toUpperCase() ?? '';
}

function targetCode(language: string): string {
	const whole = language.toUpperCase();
	if (KNOWN_REGIONS.includes(whole)) return whole;
	const code = language.split('-')[0] ?? '';
	return REGIONAL[code] ?? code.toUpperCase();
}
