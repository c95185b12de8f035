import { existsSync } from 'node:fs';
import { SPEECH_MODELS } from '../../workers/transcriber/models/catalogue.ts';
import { modelStore, type ModelStore } from '../../workers/transcriber/models/store.ts';

/** Where a local English model lies on this machine, or null: it is no part of the repository. */
export function localModels(): ModelStore | null {
	const places = [process.env, { STT_MODEL_DIR: '../shared/models' }];
	for (const place of places) {
		const store = modelStore(place);
		const [english] = SPEECH_MODELS;
		if (english !== undefined && store.folder(english) !== null) return store;
	}
	return null;
}

/** A recording that lies beside the repository on its makers' machines, or null. */
export function sharedRecording(name: string): string | null {
	const file = `../shared/speech/${name}`;
	return existsSync(file) ? file : null;
}
