/** Services that get a key of the event's own: speech to text and translation. */
export const PROVIDERS = [
	'deepgram',
	'openai',
	'elevenlabs',
	'nvidia',
	'openai-compatible',
	'deepl',
	'libretranslate'
] as const;

export type ProviderId = (typeof PROVIDERS)[number];

export function isProvider(text: string): text is ProviderId {
	return PROVIDERS.some((known) => known === text);
}
