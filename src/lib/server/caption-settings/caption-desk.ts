import type { Captions } from '../captions/captions.ts';
import type { Db } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { ProviderKeys } from '../providers/keys.ts';
import { createTranscripts, type Transcripts } from '../transcripts/transcripts.ts';
import { createTranslations, type Translations } from '../translation/translations.ts';
import { createGlossary, type Glossary } from './glossary.ts';
import { createCaptionSettings, type CaptionSettings } from './settings.ts';
import { createTrials, type Trials } from './trials.ts';

/** What organisers do with captions: set them up, read them afterwards, have them translated. */
export type CaptionDesk = {
	/** What an event and its channels decide about captions. */
	readonly captionSettings: CaptionSettings;
	/** Names and terms of an event. */
	readonly glossary: Glossary;
	/** What was said, read and put right afterwards. */
	readonly transcripts: Transcripts;
	/** Captions in other languages, made by a machine. */
	readonly translations: Translations;
	/** Trials of speech providers. */
	readonly trials: Trials;
};

/** Introduces the parts to the live captions; `start` after those, `stop` before the database closes. */
export function createCaptionDesk({
	db,
	captions,
	keys,
	log
}: {
	db: Db;
	captions: Captions;
	keys: ProviderKeys;
	log: Log;
}): { readonly parts: CaptionDesk; start(): void; stop(): Promise<void> } {
	const translations = createTranslations({ db, captions, keys, log });
	const trials = createTrials({ db, worker: captions.worker, keys, log });
	return {
		parts: {
			captionSettings: createCaptionSettings(db, { changed: captions.changed }),
			glossary: createGlossary(db, { changed: captions.changed }),
			transcripts: createTranscripts(db, { announce: captions.corrected }),
			translations,
			trials
		},
		start() {
			translations.start();
			trials.start();
		},
		async stop() {
			await Promise.all([translations.stop(), trials.stop()]);
		}
	};
}
