import { retryDelayMs, type CaptionFaultCode } from './fault.ts';

/** Who can translate captions. Each is also a `ProviderId`, under which its key is kept. */
export const TRANSLATION_SERVICES = [
	'deepl',
	'openai',
	'openai-compatible',
	'libretranslate'
] as const;
export type TranslationService = (typeof TRANSLATION_SERVICES)[number];

export function isTranslationService(name: string): name is TranslationService {
	return (TRANSLATION_SERVICES as readonly string[]).includes(name);
}

/** What a service needs before it can be used. */
export const TRANSLATION_NEEDS: Readonly<
	Record<
		TranslationService,
		{ readonly server: boolean; readonly model: boolean; readonly key: boolean }
	>
> = {
	deepl: { server: false, model: false, key: true },
	// No usual model: vendors retire theirs, and the choice is one of price.
	openai: { server: false, model: true, key: true },
	'openai-compatible': { server: true, model: true, key: false },
	libretranslate: { server: true, model: false, key: false }
};

/** Why a caption was not translated. */
export type TranslationFault = Extract<
	CaptionFaultCode,
	| 'key_missing'
	| 'key_refused'
	| 'quota_exceeded'
	| 'rate_limited'
	| 'settings_refused'
	| 'provider_unreachable'
	| 'provider_overloaded'
	| 'provider_broke_protocol'
	| 'falling_behind'
>;

export const TRANSLATION_ATTEMPTS_MAX = 5;

/** When to try a caption again, in ms from now; null: not any more. */
export function nextAttemptMs(
	fault: TranslationFault,
	attempts: number,
	random: number
): number | null {
	if (attempts >= TRANSLATION_ATTEMPTS_MAX) return null;
	return retryDelayMs(fault, attempts, random);
}

/** One word of a glossary as a translation into one language needs it. */
export type GlossaryWord = { readonly term: string; readonly translation: string };

/** Whether a caption needs no machine: it is spoken in that language already, region aside. */
export function isSameLanguage(spoken: string, target: string): boolean {
	return primary(spoken) === primary(target);
}

function primary(code: string): string {
	return code.split('-')[0]?.toLowerCase() ?? '';
}
