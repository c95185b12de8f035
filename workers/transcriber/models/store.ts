import { existsSync } from 'node:fs';
import path from 'node:path';
import { fault, type CaptionFault } from '#lib/domain/captions/fault.ts';
import { primaryLanguage } from '../providers/provider.ts';
import { modelFiles, SPEECH_MODELS, type SpeechModel } from './catalogue.ts';

/** Where models lie on this machine. */
export type ModelStore = {
	/** The folder with all files of the model, or null while one is missing. */
	folder(model: SpeechModel): string | null;
	/** Where `npm run models` puts it. */
	readonly cache: string;
};

export type InstalledModel = { readonly model: SpeechModel; readonly folder: string };

/**
 * `STT_MODEL_DIR` overrides all: it holds a folder for each model by name, or the files of one model.
 * Otherwise models lie in the data folder, where `npm run models` puts them.
 */
export function modelStore(
	env: Readonly<Record<string, string | undefined>> = process.env
): ModelStore {
	const override = env['STT_MODEL_DIR'];
	// What is fetched must be found again.
	const cache = path.resolve(override || path.join(env['DATA_DIR'] || '.data', 'models'));
	return {
		cache,
		folder(model) {
			const places = override
				? [path.join(override, model.name), override]
				: [path.join(cache, model.name)];
			const files = modelFiles(model.family);
			return (
				places.find((place) => files.every((file) => existsSync(path.join(place, file)))) ?? null
			);
		}
	};
}

/**
 * The model for a channel: the one that is named, or the best that is installed for the language.
 *
 * @returns fault `model_missing` says which one is wanted and how to get it, `settings_refused` that there is
 * none at all
 */
export function chosenModel(
	store: ModelStore,
	{ model: name, language }: { model: string; language: string | null }
): InstalledModel | CaptionFault {
	const primary = primaryLanguage(language);
	const named = SPEECH_MODELS.filter((model) => model.name === name);
	if (name !== '' && named.length === 0)
		return fault('settings_refused', `there is no local model ${name}; npm run models lists them`);
	const candidates =
		name === ''
			? SPEECH_MODELS.filter((model) => primary === null || model.languages.includes(primary))
			: named;
	for (const model of candidates) {
		const folder = store.folder(model);
		if (folder !== null) return { model, folder };
	}
	const [wanted] = [...candidates].sort((a, b) => a.sizeBytes - b.sizeBytes);
	if (wanted === undefined)
		return fault('settings_refused', `no local model understands ${language}; choose a provider`);
	return fault('model_missing', `${wanted.name}: npm run models -- fetch ${wanted.name}`);
}
