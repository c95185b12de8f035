import { and, eq } from 'drizzle-orm';
import { boothId, eventId, personId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import type { Actor } from '#lib/domain/access/policy.ts';
import type { Db } from '#lib/server/db/database.ts';
import { booths, events, rooms, segments } from '#lib/server/db/schema.ts';
import { seedDemoEvent } from '#lib/server/events/demo-event.ts';

/** The demo event with something already said in it, for tests of what is done with stored captions. */
export type SpokenEvent = {
	readonly event: EventId;
	booth(language: string): BoothId;
	/** Stores captions as if they had come from the air, one every `everyMs`; @returns the first `seq`. */
	say(language: string, texts: readonly string[], from?: SpokenFrom): Promise<number>;
};
export type SpokenFrom = {
	readonly at?: number;
	readonly everyMs?: number;
	readonly speaker?: string | null;
};

export const SPOKEN_AT = Date.parse('2026-11-20T09:00:00Z');

export async function spokenEvent(db: Db): Promise<SpokenEvent> {
	await seedDemoEvent(db, { secret: 'a secret of the tests, long enough', now: Date.now });
	const rows = await db
		.select({ booth: booths.id, event: events.id, language: booths.languageCode })
		.from(booths)
		.innerJoin(rooms, eq(rooms.id, booths.roomId))
		.innerJoin(events, eq(events.id, rooms.eventId))
		.where(and(eq(events.slug, 'demo'), eq(rooms.isMain, true)));
	const event = eventId(rows[0]?.event ?? 0);
	const booth = (language: string): BoothId => {
		const found = rows.find((row) => row.language === language);
		if (found === undefined) throw new Error(`no booth ${language}`);
		return boothId(found.booth);
	};
	return {
		event,
		booth,
		async say(language, texts, { at = SPOKEN_AT, everyMs = 5_000, speaker = null } = {}) {
			const id = booth(language);
			const [row] = await db.select().from(booths).where(eq(booths.id, id));
			const before = row?.captionSeq ?? 0;
			await db.insert(segments).values(
				texts.map((text, index) => ({
					eventId: event,
					boothId: id,
					seq: before + index + 1,
					language: language === 'floor' ? 'es' : language,
					text,
					speaker,
					key: `test/${before + index + 1}`,
					startedAt: new Date(at + index * everyMs),
					endedAt: new Date(at + index * everyMs + Math.min(everyMs - 1, 4_000))
				}))
			);
			await db
				.update(booths)
				.set({ captionSeq: before + texts.length })
				.where(eq(booths.id, id));
			return before + 1;
		}
	};
}

/** Somebody with an account; what they may do is asked elsewhere. */
export function somebody(name: string): Actor {
	return { kind: 'admin', person: personId(`admin:${name}`), user: null, name, grants: [] };
}
