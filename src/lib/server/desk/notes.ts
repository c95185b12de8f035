import { and, asc, desc, eq } from 'drizzle-orm';
import type { BoothId, PersonId } from '#lib/domain/ids.ts';
import type { BoothNote } from '#lib/protocol/booth.ts';
import type { Db } from '../db/database.ts';
import { boothNotes } from '../db/schema.ts';

/** Lines a booth keeps; the oldest go. */
export const NOTES_KEPT = 30;

/** The scratchpad of a booth: numbers, names and terms that one interpreter jots down for the other. */
export type Notes = {
	write(booth: BoothId, person: PersonId, name: string, text: string): Promise<void>;
	/** Everybody in the booth may tidy up; false when it is not there. */
	remove(booth: BoothId, id: string): Promise<boolean>;
	/** Oldest first. */
	of(booth: BoothId): Promise<BoothNote[]>;
};

export function createNotes(db: Db): Notes {
	return {
		async write(booth, person, name, text) {
			await db.insert(boothNotes).values({ boothId: booth, person, name, text });
		},

		async remove(booth, id) {
			const gone = await db
				.delete(boothNotes)
				.where(and(eq(boothNotes.id, id), eq(boothNotes.boothId, booth)))
				.returning({ id: boothNotes.id });
			return gone.length > 0;
		},

		async of(booth) {
			const newest = db
				.select()
				.from(boothNotes)
				.where(eq(boothNotes.boothId, booth))
				.orderBy(desc(boothNotes.writtenAt))
				.limit(NOTES_KEPT)
				.as('newest');
			const rows = await db.select().from(newest).orderBy(asc(newest.writtenAt));
			return rows.map(({ id, name, text, writtenAt }) => ({
				...{ id, name, text, writtenAt: writtenAt.getTime() }
			}));
		}
	};
}
