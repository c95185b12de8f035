import { and, count, eq, gte, max, sql } from 'drizzle-orm';
import { isTranslationService, type TranslationService } from '#lib/domain/captions/translation.ts';
import type { EventId } from '#lib/domain/ids.ts';
import type { Db } from '../db/database.ts';
import { segments, segmentTranslations, translationSettings } from '../db/schema.ts';

/** How an event's captions are translated. */
export type TranslationSettings = {
	readonly enabled: boolean;
	readonly service: TranslationService;
	readonly model: string;
	/** Empty: the vendor's own. */
	readonly server: string;
	/** BCP-47 */
	readonly targets: readonly string[];
};

export const TARGETS_MAX = 12;

export const NO_TRANSLATION: TranslationSettings = {
	enabled: false,
	service: 'deepl',
	model: '',
	server: '',
	targets: []
};

/** How the last day's translations of an event went. */
export type TranslationHealth = {
	readonly done: number;
	readonly waiting: number;
	readonly failed: number;
	/** Of the newest caption that could not be translated (yet), a `TranslationFault`. */
	readonly fault: string | null;
	/** Epoch ms of the newest success. */
	readonly lastDoneAt: number | null;
};

const HEALTH_MS = 24 * 3_600_000;

export function createTranslationSettings(
	db: Db,
	{ changed, now = Date.now }: { changed: () => void; now?: () => number }
) {
	return {
		async settings(event: EventId): Promise<TranslationSettings> {
			const [row] = await db
				.select()
				.from(translationSettings)
				.where(eq(translationSettings.eventId, event));
			return row === undefined ? NO_TRANSLATION : settingsOf(row);
		},

		async change(
			event: EventId,
			{ service, targets, ...rest }: TranslationSettings
		): Promise<void> {
			const row = { ...rest, provider: service, targets: targets.slice(0, TARGETS_MAX) };
			await db
				.insert(translationSettings)
				.values({ eventId: event, ...row })
				.onConflictDoUpdate({ target: translationSettings.eventId, set: row });
			changed();
		},

		async health(event: EventId): Promise<TranslationHealth> {
			const since = new Date(now() - HEALTH_MS);
			const [rows, [newest]] = await Promise.all([
				db
					.select({
						state: segmentTranslations.state,
						count: count(),
						lastDoneAt: max(segmentTranslations.doneAt)
					})
					.from(segmentTranslations)
					.innerJoin(segments, eq(segments.id, segmentTranslations.segmentId))
					.where(and(eq(segments.eventId, event), gte(segments.createdAt, since)))
					.groupBy(segmentTranslations.state),
				db
					.select({ fault: segmentTranslations.fault })
					.from(segmentTranslations)
					.innerJoin(segments, eq(segments.id, segmentTranslations.segmentId))
					.where(
						and(
							eq(segments.eventId, event),
							gte(segments.createdAt, since),
							sql`${segmentTranslations.fault} is not null`
						)
					)
					.orderBy(sql`${segments.createdAt} desc`)
					.limit(1)
			]);
			const of = (state: string) => rows.find((row) => row.state === state);
			return {
				done: of('done')?.count ?? 0,
				waiting: of('waiting')?.count ?? 0,
				failed: of('failed')?.count ?? 0,
				fault: newest?.fault ?? null,
				lastDoneAt: of('done')?.lastDoneAt?.getTime() ?? null
			};
		}
	};
}

export function settingsOf(row: typeof translationSettings.$inferSelect): TranslationSettings {
	const { enabled, provider, model, server, targets } = row;
	const service = isTranslationService(provider) ? provider : NO_TRANSLATION.service;
	return { enabled, service, model, server, targets };
}
