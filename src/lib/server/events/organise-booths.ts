import { and, asc, eq, gt, inArray, isNotNull, isNull, ne } from 'drizzle-orm';
import { boothId, type BoothId, type RoomId } from '#lib/domain/ids.ts';
import { FLOOR, type LanguageCode } from '#lib/domain/language.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { booths } from '../db/schema.ts';
import type { By, ChangeParts, Changes } from './changes.ts';
import { BOOTHS_PER_ROOM_MAX } from './event-plan.ts';
import type { FoundBooth, FoundRoom } from './events.ts';
import { UNDO_MS } from './undo.ts';
import { lockEvent, swapped } from './organise-rooms.ts';

export type BoothRefusal =
	'language_taken' | 'language_missing' | 'too_many' | 'booth_is_floor' | 'not_found';

export type DeletedBooth = {
	readonly id: BoothId;
	readonly language: LanguageCode;
	readonly deletedAt: Date;
};

export type OrganiseBooths = {
	/**
	 * Booths for languages that have none in the room. One that was removed and can still be brought back comes back as
	 * it was, with its people and captions.
	 */
	addBooths(
		room: FoundRoom,
		languages: readonly LanguageCode[],
		by: By
	): Promise<Result<LanguageCode[], BoothRefusal>>;
	moveBooth(booth: FoundBooth, way: 'up' | 'down', by: By): Promise<void>;
	/** The floor stays: without it there is nothing to interpret. */
	deleteBooth(booth: FoundBooth, by: By): Promise<Result<void, BoothRefusal>>;
	restoreBooth(room: FoundRoom, booth: BoothId, by: By): Promise<Result<void, BoothRefusal>>;
	deletedBooths(room: RoomId): Promise<DeletedBooth[]>;
};

export function createOrganiseBooths(parts: ChangeParts, changes: Changes): OrganiseBooths {
	const { db } = parts;
	const now = parts.now ?? Date.now;
	const recently = () =>
		and(isNotNull(booths.deletedAt), gt(booths.deletedAt, new Date(now() - UNDO_MS)));

	return {
		async addBooths({ event, room, scope }, languages, by) {
			if (languages.length === 0)
				return refuse('language_missing', 'Choose at least one language.');
			const added = await db.transaction(async (tx) => {
				await lockEvent(tx, event.id);
				const there = await tx
					.select({
						id: booths.id,
						language: booths.languageCode,
						position: booths.position,
						deletedAt: booths.deletedAt
					})
					.from(booths)
					.where(eq(booths.roomId, room.id));
				const alive = new Set(
					there.filter((each) => each.deletedAt === null).map((each) => each.language)
				);
				const wanted = languages.filter((language) => !alive.has(language));
				if (wanted.length === 0)
					return refuse('language_taken', 'The room has booths for these languages.');
				if (alive.size + wanted.length > BOOTHS_PER_ROOM_MAX) return tooMany();
				const back = there.filter(
					(each) => each.deletedAt !== null && wanted.includes(each.language as LanguageCode)
				);
				if (back.length > 0)
					await tx
						.update(booths)
						.set({ deletedAt: null })
						.where(
							inArray(
								booths.id,
								back.map(({ id }) => id)
							)
						);
				const fresh = wanted.filter((code) => !back.some(({ language }) => language === code));
				const from = 1 + Math.max(0, ...there.map(({ position }) => position));
				const stored =
					fresh.length === 0
						? []
						: await tx
								.insert(booths)
								.values(
									fresh.map((languageCode, index) => ({
										eventId: event.id,
										roomId: room.id,
										languageCode,
										position: from + index
									}))
								)
								.returning({ id: booths.id, language: booths.languageCode });
				return ok({ wanted, back: back.map(({ id }) => boothId(id)), stored });
			});
			if (!added.ok) return added;
			await changes.open(added.value.back);
			for (const language of added.value.wanted)
				await changes.record(by, 'booth.created', scope, language);
			await changes.channelsChanged(event.id);
			return ok(added.value.wanted);
		},

		async moveBooth({ event, room, booth, scope }, way, by) {
			const moved = await db.transaction(async (tx) => {
				await lockEvent(tx, event.id);
				const order = await tx
					.select({ id: booths.id, position: booths.position })
					.from(booths)
					.where(
						and(
							eq(booths.roomId, room.id),
							isNull(booths.deletedAt),
							ne(booths.languageCode, FLOOR)
						)
					)
					.orderBy(asc(booths.position), asc(booths.id));
				return swapped(order, booth.id, way, (id, position) =>
					tx.update(booths).set({ position }).where(eq(booths.id, id))
				);
			});
			if (!moved) return;
			await changes.record(by, 'booth.changed', scope, booth.language, { moved: way });
			await changes.channelsChanged(event.id);
		},

		async deleteBooth({ event, booth, scope }, by) {
			if (booth.language === FLOOR)
				return refuse('booth_is_floor', 'The floor goes with its room.');
			await changes.close([booth.id]);
			await db
				.update(booths)
				.set({ deletedAt: new Date(now()) })
				.where(and(eq(booths.id, booth.id), isNull(booths.deletedAt)));
			await changes.record(by, 'booth.deleted', scope, booth.language);
			await changes.placesGone(event.id);
			return ok(undefined);
		},

		async restoreBooth({ event, room, scope }, id, by) {
			const [row] = await db
				.update(booths)
				.set({ deletedAt: null })
				.where(and(eq(booths.id, id), eq(booths.roomId, room.id), recently()))
				.returning({ language: booths.languageCode });
			if (!row) return refuse('not_found', 'There is no such booth that could be brought back.');
			await changes.open([id]);
			await changes.record(by, 'booth.changed', { ...scope, booth: id }, row.language, {
				restored: true
			});
			await changes.channelsChanged(event.id);
			return ok(undefined);
		},

		async deletedBooths(room) {
			const rows = await db
				.select({ id: booths.id, language: booths.languageCode, deletedAt: booths.deletedAt })
				.from(booths)
				.where(and(eq(booths.roomId, room), recently()))
				.orderBy(asc(booths.position), asc(booths.id));
			return rows.flatMap(({ id, language, deletedAt }) =>
				deletedAt === null
					? []
					: [{ id: boothId(id), language: language as LanguageCode, deletedAt }]
			);
		}
	};
}

function tooMany() {
	return refuse('too_many', `A room has at most ${BOOTHS_PER_ROOM_MAX} channels.`);
}
