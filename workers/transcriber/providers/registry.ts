import type { ModelStore } from '../models/store.ts';
import { deepgram } from './deepgram.ts';
import { elevenlabs } from './elevenlabs.ts';
import { localProvider } from './local/local.ts';
import { openaiRealtime } from './openai-realtime.ts';
import { openaiRest } from './openai-rest.ts';
import type { SpeechProvider } from './provider.ts';
import { riva } from './riva.ts';

/** Every provider this worker can run, by the name that stands in a booth's settings. */
export function speechProviders(store: ModelStore): ReadonlyMap<string, SpeechProvider> {
	// The same protocol at a server of one's own, with a key of its own or none.
	const compatible = { ...openaiRest, name: 'openai-compatible' };
	const vendors = [deepgram, openaiRealtime, openaiRest, compatible, elevenlabs, riva];
	const all = [localProvider(store), ...vendors];
	return new Map(all.map((provider) => [provider.name, provider]));
}
