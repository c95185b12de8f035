import { isProvider, type ProviderId } from '../providers.ts';

/**
 * Speech services by the name that stands in a booth's settings; one name may be one of several ways into the
 * same account.
 */
export const SPEECH_SERVICES = [
	'local',
	'deepgram',
	'openai',
	'openai-realtime',
	'openai-compatible',
	'elevenlabs',
	'nvidia'
] as const;
export type SpeechService = (typeof SPEECH_SERVICES)[number];

export function isSpeechService(name: string): name is SpeechService {
	return (SPEECH_SERVICES as readonly string[]).includes(name);
}

/**
 * Whose key opens it, and whether it works without one; null: it runs on this machine. A name that nobody
 * knows is taken for a service outside whose key is missing.
 */
export function accountOf(
	service: string,
	server: string
): { readonly provider: ProviderId | null; readonly needsKey: boolean } | null {
	if (service === 'local') return null;
	if (service === 'openai-compatible') return { provider: service, needsKey: false };
	const provider = service === 'openai-realtime' ? 'openai' : service;
	// A server of one's own that speaks the vendor's protocol may have no accounts.
	if (isProvider(provider)) return { provider, needsKey: server === '' };
	return { provider: null, needsKey: true };
}
