import { and, desc, eq, lt } from 'drizzle-orm';
import {
	nextAttemptMs,
	type GlossaryWord,
	type TranslationFault
} from '#lib/domain/captions/translation.ts';
import { eventId, type EventId } from '#lib/domain/ids.ts';
import type { ProviderId } from '#lib/domain/providers.ts';
import { refuse, type Result } from '#lib/domain/result.ts';
import type { CaptionFinal } from '#lib/protocol/captions.ts';
import type { Db } from '../db/database.ts';
import { glossaryTerms, segments, translationSettings } from '../db/schema.ts';
import type { Log } from '../log.ts';
import type { TranslationProvider } from './port.ts';
import { createTranslationQueue, type TranslationJob } from './queue.ts';
import { settingsOf } from './settings.ts';

/** Requests under way at once from this portal, to all services together. */
const AT_ONCE = 8;
const LOOK_EVERY_MS = 1_000;
const REQUEST_MS = 15_000;
const CONTEXT_LENGTH = 2;
const UNKNOWN_LANGUAGE = 'und';

export type Translator = {
	/** Something was said, or settings were changed: looks at once. */
	nudge(): void;
	start(): void;
	/** Lets what is under way finish, for as long as a request may take. */
	stop(): Promise<void>;
};

type Segment = typeof segments.$inferSelect;

/**
 * Translates what the queue holds. It never stands between a caption and its readers: captions are told when
 * they are stored, translations follow when they are there.
 */
export function createTranslator({
	db,
	providers,
	keys,
	tell,
	log,
	now = Date.now,
	random = Math.random
}: {
	db: Db;
	providers: ReadonlyMap<string, TranslationProvider>;
	keys: {
		key(
			event: EventId,
			provider: ProviderId
		): Promise<Result<string, 'key_missing' | 'key_unreadable'>>;
	};
	/** Tells listeners; the translation is stored. */
	tell: (translation: Omit<CaptionFinal, 'machine'>) => void;
	log: Log;
	now?: () => number;
	random?: () => number;
}): Translator {
	const queue = createTranslationQueue(db);
	const underWay = new Set<Promise<void>>();
	const stopping = new AbortController();
	let timer: NodeJS.Timeout | undefined;
	let looking: Promise<void> | null = null;
	let again = false;
	let stopped = false;

	function look(): void {
		if (stopped) return;
		if (looking !== null) {
			again = true;
			return;
		}
		clearTimeout(timer);
		looking = lookNow()
			.catch((error: unknown) =>
				log.error({ err: error }, 'translations not looked after; trying again')
			)
			.finally(() => {
				looking = null;
				if (stopped) return;
				if (again) {
					again = false;
					look();
				} else timer = setTimeout(look, LOOK_EVERY_MS);
			});
	}

	async function lookNow(): Promise<void> {
		await queue.fill(now());
		const free = AT_ONCE - underWay.size;
		if (free <= 0) return;
		for (const job of await queue.claim(now(), free)) {
			const work = translate(job)
				.catch((error: unknown) => log.error({ err: error }, 'a caption was not translated'))
				.finally(() => {
					underWay.delete(work);
					look();
				});
			underWay.add(work);
		}
	}

	async function translate(job: TranslationJob): Promise<void> {
		const [segment] = await db.select().from(segments).where(eq(segments.id, job.segment));
		// Deleted meanwhile: its row of the queue went with it.
		if (segment === undefined) return;
		const answer = await attempt(segment, job.language);
		if (answer.ok) {
			if (await queue.done(job, answer.value, now())) tell(captionOf(segment, job, answer.value));
			return;
		}
		const fault = answer.error.code;
		const waitMs = nextAttemptMs(fault, job.attempts, random());
		await queue.failed(job, fault, waitMs === null ? null : now() + waitMs);
		log.warn(
			{
				event: segment.eventId,
				booth: segment.boothId,
				seq: segment.seq,
				language: job.language,
				fault,
				attempts: job.attempts
			},
			waitMs === null ? 'caption not translated' : 'caption not translated yet'
		);
	}

	async function attempt(
		segment: Segment,
		target: string
	): Promise<Result<string, TranslationFault>> {
		const event = eventId(segment.eventId);
		const [row] = await db
			.select()
			.from(translationSettings)
			.where(eq(translationSettings.eventId, event));
		const settings = row === undefined ? null : settingsOf(row);
		const provider = settings === null ? undefined : providers.get(settings.service);
		if (settings === null || provider === undefined)
			return refuse('settings_refused', 'Nobody translates for this event.');
		const [key, context, glossary] = await Promise.all([
			keys.key(event, settings.service),
			contextOf(segment),
			glossaryOf(event, target, segment.text)
		]);
		if (!key.ok && key.error.code === 'key_unreadable')
			return refuse('key_refused', 'Failed to decrypt the key.');
		return provider.translate(
			{
				key: key.ok ? key.value : null,
				server: settings.server === '' ? null : settings.server,
				model: settings.model
			},
			{
				text: segment.text,
				source: segment.language === UNKNOWN_LANGUAGE ? null : segment.language,
				target,
				context,
				glossary
			},
			AbortSignal.any([stopping.signal, AbortSignal.timeout(REQUEST_MS)])
		);
	}

	/** What was said just before, oldest first. */
	async function contextOf({ boothId: booth, seq }: Segment): Promise<string[]> {
		const rows = await db
			.select({ text: segments.text })
			.from(segments)
			.where(and(eq(segments.boothId, booth), lt(segments.seq, seq)))
			.orderBy(desc(segments.seq))
			.limit(CONTEXT_LENGTH);
		return rows.map(({ text }) => text).reverse();
	}

	/** Terms that stand in the text: said as the event says them, else as they are. */
	async function glossaryOf(event: EventId, target: string, text: string): Promise<GlossaryWord[]> {
		const rows = await db.select().from(glossaryTerms).where(eq(glossaryTerms.eventId, event));
		const lower = text.toLowerCase();
		return rows
			.filter(({ term }) => lower.includes(term.toLowerCase()))
			.map(({ term, translations }) => ({ term, translation: translations[target] ?? term }));
	}

	return {
		nudge: look,
		start: look,
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await looking;
			stopping.abort();
			await Promise.all(underWay);
		}
	};
}

function captionOf(
	segment: Segment,
	{ language, version }: TranslationJob,
	text: string
): Omit<CaptionFinal, 'machine'> {
	const { key: id, boothId: channel, seq, speaker } = segment;
	const startedAt = segment.startedAt.getTime();
	const endedAt = segment.endedAt.getTime();
	return { id, channel, seq, language, version, text, startedAt, endedAt, speaker };
}
