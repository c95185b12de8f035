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
	const all = [localProvider(store), deepgram, openaiRealtime, openaiRest, elevenlabs, riva];
	return new Map(all.map((provider) => [provider.name, provider]));
}
