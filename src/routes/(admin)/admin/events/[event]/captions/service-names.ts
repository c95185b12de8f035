import { m } from '#lib/paraglide/messages.js';

/** How a speech service is called; vendors by their own names. */
export function serviceName(service: string): string {
	switch (service) {
		case 'local':
			return m.captions_desk_service_local();
		case 'openai':
			return m.captions_desk_service_openai();
		case 'openai-realtime':
			return m.captions_desk_service_openai_realtime();
		case 'openai-compatible':
			return m.captions_desk_service_openai_compatible();
		case 'nvidia':
			return m.captions_desk_service_nvidia();
		case 'deepgram':
			return 'Deepgram';
		case 'elevenlabs':
			return 'ElevenLabs';
		default:
			return service;
	}
}
