import { and, asc, count, eq, sql } from 'drizzle-orm';
import { tidy } from '#lib/domain/captions/writing.ts';
import type { EventId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import type { Db } from '../db/database.ts';
import { glossaryTerms } from '../db/schema.ts';

export const TERM_MAX_LENGTH = 100;
/** As many as a worker's order takes. */
export const TERMS_MAX = 500;

export type GlossaryTerm = {
	readonly id: string;
	readonly kind: 'speaker' | 'term';
	readonly term: string;
	/** By BCP-47 code; a language that is not there keeps the term as it is. */
	readonly translations: Readonly<Record<string, string>>;
};
export type NewTerm = Omit<GlossaryTerm, 'id'>;

/** Names and terms of an event: hints for speech providers, a glossary for translations. */
export type Glossary = {
	/** Speakers first, each kind by the alphabet. */
	list(event: EventId): Promise<GlossaryTerm[]>;
	/** One that is there already gets the new translations. */
	add(
		event: EventId,
		terms: readonly NewTerm[]
	): Promise<Result<null, 'term_invalid' | 'glossary_full'>>;
	/** @returns whether there was one in this event */
	remove(event: EventId, id: string): Promise<boolean>;
};

export function createGlossary(db: Db, { changed }: { changed: () => Promise<void> }): Glossary {
	return {
		async list(event) {
			const rows = await db
				.select()
				.from(glossaryTerms)
				.where(eq(glossaryTerms.eventId, event))
				.orderBy(asc(glossaryTerms.kind), asc(glossaryTerms.term))
				.limit(TERMS_MAX);
			return rows.map(({ id, kind, term, translations }) => ({
				id,
				kind: kind === 'speaker' ? 'speaker' : 'term',
				term,
				translations
			}));
		},

		async add(event, terms) {
			const typed = terms.map(({ kind, term, translations }) => ({
				eventId: event,
				kind,
				term: tidy(term),
				translations: tidied(translations)
			}));
			// A list may name one twice; the last word counts.
			const rows = [...new Map(typed.map((row) => [`${row.kind} ${row.term}`, row])).values()];
			if (rows.some(({ term }) => term === '' || term.length > TERM_MAX_LENGTH))
				return refuse('term_invalid', `A term has 1 to ${TERM_MAX_LENGTH} characters.`);
			const [now] = await db
				.select({ terms: count() })
				.from(glossaryTerms)
				.where(eq(glossaryTerms.eventId, event));
			if ((now?.terms ?? 0) + rows.length > TERMS_MAX)
				return refuse('glossary_full', `An event has at most ${TERMS_MAX} terms.`);
			await db
				.insert(glossaryTerms)
				.values(rows)
				.onConflictDoUpdate({
					target: [glossaryTerms.eventId, glossaryTerms.kind, glossaryTerms.term],
					set: { translations: sql`excluded.translations` }
				});
			await changed();
			return ok(null);
		},

		async remove(event, id) {
			const gone = await db
				.delete(glossaryTerms)
				.where(and(eq(glossaryTerms.eventId, event), eq(glossaryTerms.id, id)))
				.returning({ id: glossaryTerms.id });
			if (gone.length > 0) await changed();
			return gone.length > 0;
		}
	};
}

function tidied(translations: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(translations)
			.map(([language, text]) => [language, tidy(text).slice(0, TERM_MAX_LENGTH)] as const)
			.filter(([, text]) => text !== '')
	);
}
