import type { Logger } from 'pino';
import { SPEECH_MODELS } from './catalogue.ts';
import { fetchModel } from './fetch.ts';
import type { ModelStore } from './store.ts';

/** A source that was out of reach may be back: the pauses, the last one again and again. */
const AGAIN_AFTER_MS = [60_000, 300_000, 900_000];

/**
 * Gets the named models that are not here, one after the other; what cannot be had is said in the log and
 * tried again later.
 */
export async function fetchMissing(
	names: readonly string[],
	store: ModelStore,
	log: Logger,
	attempt = 0
): Promise<void> {
	const missed: string[] = [];
	for (const name of names) {
		const model = SPEECH_MODELS.find((one) => one.name === name);
		if (model === undefined) log.error({ model: name }, 'there is no such speech model');
		if (model === undefined || store.folder(model) !== null) continue;
		let saidQuarter = 0;
		const answer = await fetchModel(model, {
			cache: store.cache,
			say: (line) => log.info(line),
			progress(done, total) {
				const quarter = Math.floor((done / total) * 4);
				if (quarter > saidQuarter) log.info({ model: name, percent: quarter * 25 }, 'speech model');
				saidQuarter = quarter;
			},
			terminal: false
		});
		if (answer.ok) log.info({ model: name, folder: answer.value }, 'speech model installed');
		else {
			log.warn({ model: name, why: answer.error.message }, 'speech model cannot be had');
			missed.push(name);
		}
	}
	if (missed.length === 0) return;
	const pauseMs = AGAIN_AFTER_MS[Math.min(attempt, AGAIN_AFTER_MS.length - 1)];
	setTimeout(() => void fetchMissing(missed, store, log, attempt + 1), pauseMs).unref();
}
