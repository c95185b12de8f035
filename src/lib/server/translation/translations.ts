import type { BoothId } from '#lib/domain/ids.ts';
import type { AddedTranslation, Captions } from '../captions/captions.ts';
import type { Db } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { ProviderKeys } from '../providers/keys.ts';
import { deepl } from './deepl.ts';
import { libretranslate } from './libretranslate.ts';
import { openaiChat, openaiCompatibleChat } from './openai-chat.ts';
import { createTranslationSettings } from './settings.ts';
import { createStoredTranslations } from './stored.ts';
import { createTranslator, type Translator } from './translator.ts';

const SERVICES = [deepl, openaiChat, openaiCompatibleChat, libretranslate];

/** Captions in other languages, made by a machine. */
export type Translations = ReturnType<typeof createTranslationSettings> &
	Pick<Translator, 'start' | 'stop'>;

export function createTranslations({
	db,
	captions,
	keys,
	log
}: {
	db: Db;
	captions: Pick<Captions, 'onFinal' | 'addTranslation' | 'serveTranslations'>;
	keys: Pick<ProviderKeys, 'key'>;
	log: Log;
}): Translations {
	const translator = createTranslator({
		db,
		providers: new Map(SERVICES.map((service) => [service.name, service])),
		keys,
		tell: (translation: AddedTranslation) => captions.addTranslation(translation),
		log
	});
	const stored = createStoredTranslations(db);
	captions.serveTranslations({
		since: (booth: BoothId, language, seq) => stored.since(booth, language, seq)
	});
	captions.onFinal(({ machine }) => {
		if (!machine) translator.nudge();
	});
	const { start, stop, nudge } = translator;
	return { ...createTranslationSettings(db, { changed: nudge }), start, stop };
}
