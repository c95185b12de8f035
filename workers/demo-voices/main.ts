import { pino } from 'pino';
import { z } from 'zod';
import { startBoothVoice } from './booth-voice.ts';
import { startFloorVoice } from './floor-voice.ts';
import { createPortal } from './portal.ts';
import { loadSpeech } from './speech.ts';

/**
 * Entry of the demo voices: so that a newcomer hears something on every channel of the demo event. They sit
 * in the booths by the same rules as people do and give way to them.
 */
const environment = z.object({
	DEMO_PORTAL_URL: z.url().default('http://127.0.0.1:8000'),
	DEMO_MEDIA_URL: z.url().default('http://127.0.0.1:8889'),
	/** What the portal answered about its demo event. */
	DEMO_VOICES_OF: z
		.string()
		.transform((text): unknown => JSON.parse(text))
		.pipe(
			z.object({
				slug: z.string(),
				voices: z.array(
					z.object({ kind: z.enum(['booth', 'floor']), language: z.string(), invite: z.string() })
				)
			})
		),
	LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info')
});

const env = environment.safeParse(process.env);
if (!env.success) {
	process.stderr.write(`The environment is not usable:\n${z.prettifyError(env.error)}\n`);
	process.exit(1);
}

const { DEMO_PORTAL_URL, DEMO_MEDIA_URL, DEMO_VOICES_OF, LOG_LEVEL } = env.data;
const log = pino({ level: LOG_LEVEL, base: { process: 'voices' } });
const portal = createPortal({ url: DEMO_PORTAL_URL, mediaUrl: DEMO_MEDIA_URL });

const voices = DEMO_VOICES_OF.voices.map(({ kind, language, invite }) => {
	const settings = {
		portal,
		event: DEMO_VOICES_OF.slug,
		language,
		invite,
		speech: loadSpeech(language),
		log: log.child({ channel: language })
	};
	return kind === 'floor' ? startFloorVoice(settings) : startBoothVoice(settings);
});

let stopping = false;
const stop = (): void => {
	if (stopping) return;
	stopping = true;
	// Native threads may still be closing peers; nothing they do after this matters to anybody.
	void Promise.allSettled(voices.map((voice) => voice.stop())).then(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
