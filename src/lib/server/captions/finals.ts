import { and, asc, desc, eq, gt, gte, inArray } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import { activeOf } from '#lib/domain/booth/seats.ts';
import { mayStore } from '#lib/domain/captions/lease.ts';
import { boothId, type BoothId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import {
	ARRIVAL_LENGTH,
	ARRIVAL_MS,
	CATCH_UP_LENGTH,
	type CaptionFinal,
	type CaptionsCaughtUp
} from '#lib/protocol/captions.ts';
import type { WorkerFinal } from '#lib/protocol/worker.ts';
import type { Db } from '../db/database.ts';
import { booths, captionSessions, segments } from '../db/schema.ts';
import { spokenLanguage } from './channels.ts';
import { leaseOf } from './leases.ts';

export const KEY_MAX_LENGTH = 100;
export const UNKNOWN_LANGUAGE = 'und';

export type FinalRefusalCode = 'not_found' | 'lease_lost' | 'invalid_input';

/** Final captions in their table. */
export type Finals = {
	/** Stores it once, whichever portal gets it how often; `isNew` false when it was there already. */
	store(
		booth: BoothId,
		final: Omit<WorkerFinal, 'session'>
	): Promise<Result<{ seq: number; isNew: boolean }, FinalRefusalCode>>;
	/** What came after `seq`, oldest first, at most a page. */
	since(booth: BoothId, seq: number): Promise<CaptionsCaughtUp>;
	/** The last minutes, for somebody who has just come. */
	latest(booth: BoothId): Promise<CaptionFinal[]>;
	one(booth: BoothId, seq: number): Promise<CaptionFinal | null>;
	/** The newest `seq` of every booth, or of those given. */
	counts(given?: readonly BoothId[]): Promise<ReadonlyMap<BoothId, number>>;
};

/**
 * A caption's id outside the worker. Epoch and utterance together: another worker counts its utterances from
 * one again.
 */
export function captionKey(epoch: number, utterance: string): string {
	return `${epoch}/${utterance}`;
}

export function createFinals(
	db: Db,
	{ now, announce }: { now: () => number; announce: (booth: BoothId, seq: number) => Announcement }
): Finals {
	const captions = (rows: (typeof segments.$inferSelect)[]): CaptionFinal[] => rows.map(captionOf);

	return {
		async store(booth, { epoch, id, text, startedAt, endedAt }) {
			const key = captionKey(epoch, id);
			if (key.length > KEY_MAX_LENGTH) return refuse('invalid_input', `The id ${key} is too long.`);
			return db.transaction(async (tx) => {
				// Its row lock makes `seq` rise one by one among all portals.
				const [channel] = await tx.select().from(booths).where(eq(booths.id, booth)).for('update');
				if (channel === undefined) return refuse('not_found', 'This channel is gone.');
				const [known] = await tx
					.select({ seq: segments.seq })
					.from(segments)
					.where(and(eq(segments.boothId, booth), eq(segments.key, key)));
				if (known !== undefined) return ok({ seq: known.seq, isNew: false });
				const [session] = await tx
					.select()
					.from(captionSessions)
					.where(eq(captionSessions.boothId, booth));
				if (!mayStore(leaseOf(session ?? null), { epoch, startedAt }))
					return refuse('lease_lost', 'Another worker heard these words.');

				const seq = channel.captionSeq + 1;
				await tx.insert(segments).values({
					eventId: channel.eventId,
					boothId: booth,
					seq,
					language:
						spokenLanguage(channel.languageCode, channel.transcriptionLanguageHint) ??
						UNKNOWN_LANGUAGE,
					text,
					startedAt: new Date(startedAt),
					endedAt: new Date(endedAt),
					speaker: activeOf(channel.state.phase)?.name ?? null,
					key
				});
				await tx.update(booths).set({ captionSeq: seq }).where(eq(booths.id, booth));
				const said = announce(booth, seq);
				await tx.execute(sql`select pg_notify(${said.channel}, ${said.payload})`);
				return ok({ seq, isNew: true });
			});
		},

		async since(booth, seq) {
			const rows = await db
				.select()
				.from(segments)
				.where(and(eq(segments.boothId, booth), gt(segments.seq, seq)))
				.orderBy(asc(segments.seq))
				.limit(CATCH_UP_LENGTH + 1);
			const more = rows.length > CATCH_UP_LENGTH;
			return { finals: captions(rows.slice(0, CATCH_UP_LENGTH)), more };
		},

		async latest(booth) {
			const rows = await db
				.select()
				.from(segments)
				.where(
					and(eq(segments.boothId, booth), gte(segments.endedAt, new Date(now() - ARRIVAL_MS)))
				)
				.orderBy(desc(segments.seq))
				.limit(ARRIVAL_LENGTH);
			return captions(rows.reverse());
		},

		async one(booth, seq) {
			const rows = await db
				.select()
				.from(segments)
				.where(and(eq(segments.boothId, booth), eq(segments.seq, seq)));
			return captions(rows)[0] ?? null;
		},

		async counts(given) {
			const rows = await db
				.select({ id: booths.id, seq: booths.captionSeq })
				.from(booths)
				.where(given === undefined ? undefined : inArray(booths.id, [...given]));
			return new Map(rows.map(({ id, seq }) => [boothId(id), seq]));
		}
	};
}

export type Announcement = { readonly channel: string; readonly payload: string };

function captionOf(row: typeof segments.$inferSelect): CaptionFinal {
	return {
		id: row.key,
		channel: row.boothId,
		seq: row.seq,
		language: row.language,
		machine: false,
		version: row.version,
		text: row.text,
		startedAt: row.startedAt.getTime(),
		endedAt: row.endedAt.getTime(),
		speaker: row.speaker
	};
}
