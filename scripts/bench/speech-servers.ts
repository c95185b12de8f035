import { serveDeepgram } from '../../tests/fakes/speech/deepgram.ts';
import { serveElevenlabs } from '../../tests/fakes/speech/elevenlabs.ts';
import type { SpeechFake, SpeechScript } from '../../tests/fakes/speech/fake.ts';
import { serveOpenaiRealtime } from '../../tests/fakes/speech/openai-realtime.ts';
import { serveOpenaiRest } from '../../tests/fakes/speech/openai-rest.ts';
import { serveRiva } from '../../tests/fakes/speech/riva.ts';

/**
 * The scripted speech services, each in its own vendor's protocol, in a process of their own so that the bench
 * measures its sessions alone. Prints one line of JSON: service → address and key.
 */
const utterances = Array.from({ length: 500 }, (_, i) => ({
	guesses: ['These', 'These are', 'These are words'],
	final: `These are words ${i + 1}.`
}));
const script: SpeechScript = { mishap: 'none', utterances };
const served: Record<string, SpeechFake> = {
	deepgram: await serveDeepgram(script),
	'openai-realtime': await serveOpenaiRealtime(script),
	openai: await serveOpenaiRest(script),
	elevenlabs: await serveElevenlabs(script),
	nvidia: await serveRiva(script)
};
const addresses = Object.entries(served).map(([name, { server, key }]) => [name, { server, key }]);
process.stdout.write(`${JSON.stringify(Object.fromEntries(addresses))}\n`);
process.on('SIGTERM', () => process.exit(0));
