import { FLOOR, parseLanguage, type LanguageCode } from '#lib/domain/language.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { isReservedSlug, numberedSlug, slugFrom } from '#lib/domain/slug.ts';
import { booths, rooms } from '../db/schema.ts';
import type { Tx } from './changes.ts';

/** Rooms of an event and the languages of each, in order; the first room is the main one. */
export type RoomPlan = {
	readonly name: string;
	/** Null: made from the name. */
	readonly slug: string | null;
	readonly languages: readonly LanguageCode[];
};

export const NAME_MAX_LENGTH = 200;
/** More is no hall but a mistake, and a page of it would help nobody. */
export const ROOMS_MAX = 100;
export const BOOTHS_PER_ROOM_MAX = 60;

export type NameRefusal = 'name_missing' | 'name_long';

/** A name as people type it, trimmed; shown everywhere, so never empty. */
export function parseName(text: string): Result<string, NameRefusal> {
	const name = text.trim().replace(/\s+/g, ' ');
	if (name === '') return refuse('name_missing', 'A name is missing.');
	return name.length > NAME_MAX_LENGTH
		? refuse('name_long', `The name is longer than ${NAME_MAX_LENGTH} characters.`)
		: ok(name);
}

/** Languages of booths as given, canonical and each once; the floor has a channel of its own in every room. */
export function parseLanguages(
	given: readonly string[]
): Result<LanguageCode[], 'language_invalid'> {
	const found = new Set<LanguageCode>();
	for (const text of given) {
		if (text.trim() === '') continue;
		const code = parseLanguage(text);
		if (!code.ok || code.value === FLOOR)
			return refuse(
				'language_invalid',
				`"${text.trim()}" is not a language code such as fr or pt-BR.`
			);
		found.add(code.value);
	}
	return ok([...found]);
}

/** A slug made from a name that none of `taken` has. @param fallback for a name no slug can be made of */
export function freeSlug(name: string, fallback: string, taken: ReadonlySet<string>): string {
	const base = slugFrom(name) ?? fallback;
	for (let n = 1; ; n++) {
		const slug = numberedSlug(base, n);
		if (!taken.has(slug) && !isReservedSlug(slug)) return slug;
	}
}

/** Stores rooms with their floors and booths in two statements, however many there are. */
export async function storeRooms(
	tx: Tx,
	event: number,
	plans: readonly RoomPlan[],
	after: { readonly position: number; readonly taken: ReadonlySet<string>; readonly main: boolean }
): Promise<{ readonly id: number; readonly slug: string; readonly booths: number[] }[]> {
	if (plans.length === 0) return [];
	const taken = new Set(after.taken);
	const rows = plans.map((plan, index) => {
		const slug = plan.slug ?? freeSlug(plan.name, `room-${after.position + index + 1}`, taken);
		taken.add(slug);
		return {
			eventId: event,
			slug,
			displayName: plan.name,
			isMain: after.main && index === 0,
			position: after.position + index
		};
	});
	const stored = await tx.insert(rooms).values(rows).returning({ id: rooms.id, slug: rooms.slug });
	const bySlug = new Map(stored.map(({ id, slug }) => [slug, id]));
	const placed = rows.flatMap(({ slug }, index) => {
		const id = bySlug.get(slug);
		const plan = plans[index];
		return id === undefined || plan === undefined ? [] : [{ id, slug, plan }];
	});
	const made = await tx
		.insert(booths)
		.values(
			placed.flatMap(({ id, plan }) =>
				[FLOOR, ...plan.languages].map((languageCode, position) => ({
					eventId: event,
					roomId: id,
					languageCode,
					position
				}))
			)
		)
		.returning({ id: booths.id, room: booths.roomId });
	return placed.map(({ id, slug }) => ({
		id,
		slug,
		booths: made.filter(({ room }) => room === id).map((booth) => booth.id)
	}));
}
