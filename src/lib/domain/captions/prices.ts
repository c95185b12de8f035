/**
 * List prices of an hour of speech, for estimates on the settings page. They change without notice and every
 * contract is another one, so each says where and when it was read. A model that is not here has no estimate.
 */
export type ListPrice = {
	readonly service: string;
	/** The model as the service names it; the first of a service is its usual one. */
	readonly model: string;
	readonly usdPerHour: number;
	readonly source: string;
	/** ISO date on which the source said so. */
	readonly asOf: string;
};

const OPENAI_REALTIME = 'https://developers.openai.com/api/docs/models/gpt-realtime-whisper';
const OPENAI_REPORT =
	'https://blog.laozhang.ai/en/posts/realtime-api-vs-transcription-pipeline-cost';
const ELEVENLABS_REPORT =
	'https://opentranscription.io/blog/scribe-v2-realtime-by-elevenlabs-profile.html';

export const LIST_PRICES: readonly ListPrice[] = [
	{
		service: 'openai',
		model: 'gpt-4o-transcribe',
		usdPerHour: 0.36,
		source: OPENAI_REPORT,
		asOf: '2026-06-14'
	},
	{
		service: 'openai',
		model: 'gpt-4o-mini-transcribe',
		usdPerHour: 0.18,
		source: OPENAI_REPORT,
		asOf: '2026-06-14'
	},
	{
		service: 'openai-realtime',
		model: 'gpt-realtime-whisper',
		usdPerHour: 1.02,
		source: OPENAI_REALTIME,
		asOf: '2026-06-14'
	},
	{
		service: 'elevenlabs',
		model: 'scribe_v2_realtime',
		usdPerHour: 0.39,
		source: ELEVENLABS_REPORT,
		asOf: '2026-07-03'
	}
];

/** Models that an empty setting stands for; the adapters of the worker use the same. */
export const USUAL_MODELS: Readonly<Record<string, string>> = {
	local: 'moonshine-tiny-en',
	deepgram: 'nova-3',
	openai: 'gpt-transcribe',
	'openai-realtime': 'gpt-live-transcribe',
	elevenlabs: 'scribe_v2_realtime'
};

/** What to offer beside a field in which anything may be typed. */
export const KNOWN_MODELS: Readonly<Record<string, readonly string[]>> = {
	local: ['moonshine-tiny-en', 'sense-voice-small', 'parakeet-tdt-0.6b-v3', 'whisper-base'],
	deepgram: ['nova-3', 'nova-2'],
	openai: ['gpt-transcribe', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe', 'whisper-1'],
	'openai-realtime': ['gpt-live-transcribe', 'gpt-realtime-whisper', 'gpt-4o-transcribe'],
	elevenlabs: ['scribe_v2_realtime']
};

/** The list price of a service and model; null: nobody wrote one down. A server of one's own has none. */
export function listPrice(service: string, model: string, server: string): ListPrice | null {
	if (server !== '') return null;
	const used = model === '' ? USUAL_MODELS[service] : model;
	return LIST_PRICES.find((one) => one.service === service && one.model === used) ?? null;
}

/** Estimated dollars for so much speech. */
export function estimatedUsd({ usdPerHour }: ListPrice, speechMs: number): number {
	return (usdPerHour * speechMs) / 3_600_000;
}
