import { z } from 'zod';
import { ok, refuse } from '#lib/domain/result.ts';
import { brokeProtocol, callJson, usualFault, withoutSlash } from './call.ts';
import type { TranslationProvider } from './port.ts';

/**
 * `POST /translate` of LibreTranslate (https://docs.libretranslate.com/api/operations/translate, read in
 * November 2026). It has no glossary and takes no context. A wrong key is 403, too many requests 429, a
 * language it does not have 400.
 */
const answer = z.object({ translatedText: z.string() });
/** Languages it tells apart by more than their primary code. */
const WHOLE_CODES = ['zh-Hans', 'zh-Hant', 'pt-BR'];

export const libretranslate: TranslationProvider = {
	name: 'libretranslate',
	async translate({ key, server }, { text, source, target }, signal) {
		if (server === null) return refuse('settings_refused', 'No server is set.');
		const answered = await callJson(
			`${withoutSlash(server)}/translate`,
			{
				headers: {},
				body: {
					q: text,
					source: source === null ? 'auto' : codeOf(source),
					target: codeOf(target),
					format: 'text',
					...(key === null ? {} : { api_key: key })
				},
				signal
			},
			usualFault
		);
		if (!answered.ok) return answered;
		const parsed = answer.safeParse(answered.value);
		const translated = parsed.data?.translatedText.trim();
		return translated === undefined || translated === '' ? brokeProtocol() : ok(translated);
	}
};

function codeOf(language: string): string {
	return WHOLE_CODES.includes(language) ? language : (language.split('-')[0] ?? language);
}
