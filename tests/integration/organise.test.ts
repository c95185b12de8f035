import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personId, seatId, type BoothId } from '#lib/domain/ids.ts';
import type { LanguageCode } from '#lib/domain/language.ts';
import type { ChannelState } from '#lib/protocol/listen.ts';
import type { App } from '#lib/server/app.ts';
import { auditLog, booths, events, memberships, rooms } from '#lib/server/db/schema.ts';
import type { FoundBooth, FoundEvent, FoundRoom } from '#lib/server/events/events.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { makeEvent, ORGANISER, person, startDeskPortal, type DeskPortal } from '../support/desk.ts';

const DAY_MS = 24 * 3_600_000;

describeOnEachDatabase('organising events', (kind) => {
	let portal: DeskPortal;
	let app: App;
	let ada: Awaited<ReturnType<typeof person>>;

	beforeAll(async () => {
		portal = await startDeskPortal(kind);
		({ app } = portal);
		ada = await person(app, 'Ada', [ORGANISER]);
	});
	afterAll(() => portal.stop());

	const plan = (name: string, slug: string | null = null) => ({
		...{ name, slug, timeZone: 'Europe/Berlin' },
		rooms: [{ name: 'Main', slug: null, languages: ['fr', 'pt-BR'] as LanguageCode[] }]
	});
	const room = async (event: FoundEvent, slug: string | null = null): Promise<FoundRoom> => {
		const found = await app.events.room(event.slug, slug);
		if (!found.ok) throw new Error('no room');
		return found.value;
	};
	const booth = async (event: FoundEvent, language: string, of: string | null = null) => {
		const found = await app.events.booth({ event: event.slug, room: of, language });
		return found.ok ? found.value : null;
	};
	const there = async (event: FoundEvent, language: string): Promise<FoundBooth> => {
		const found = await booth(event, language);
		if (!found) throw new Error(`no booth ${language}`);
		return found;
	};
	const sit = (id: BoothId, name: string) =>
		app.booths.command(
			id,
			{ type: 'join', person: personId(`guest:${name}`), name, role: 'interpreter', portal: 't' },
			{ kind: 'seat', seat: seatId(`${name}-${id}`), permissions: ['booth:interpret'] }
		);

	describe('making one', () => {
		it('stores event, rooms, floors and booths and gives it to its maker, and says so', async () => {
			const event = await makeEvent(app, 'Année générale', ada);
			expect(event.slug).toBe('annee-generale');
			const found = await app.events.booths(event.id);
			expect(found.map(({ path }) => path).sort()).toEqual([
				'annee-generale/de',
				'annee-generale/floor',
				'annee-generale/fr',
				'annee-generale/side/de',
				'annee-generale/side/floor',
				'annee-generale/side/fr'
			]);
			const owners = await app.db
				.select({ user: memberships.userId, role: memberships.role })
				.from(memberships)
				.where(eq(memberships.eventId, event.id));
			expect(owners).toEqual([{ user: ada.actor.user, role: 'owner' }]);
			const said = await app.db.select().from(auditLog).where(eq(auditLog.eventId, event.id));
			expect(said).toMatchObject([
				{ action: 'event.created', target: 'annee-generale', address: '203.0.113.7' }
			]);
		});

		it('numbers an address made from the name, and refuses a typed one that is taken', async () => {
			const first = await app.organise.createEvent(plan('Twice'), ada);
			const second = await app.organise.createEvent(plan('Twice'), ada);
			expect([first, second]).toMatchObject([
				{ value: { slug: 'twice' } },
				{ value: { slug: 'twice-2' } }
			]);
			expect(await app.organise.createEvent(plan('x', 'TWICE'), ada)).toMatchObject({
				error: { code: 'slug_taken' }
			});
			expect(await app.organise.createEvent(plan('x', 'import'), ada)).toMatchObject({
				error: { code: 'slug_reserved' }
			});
		});

		it('leaves nothing behind when it is refused', async () => {
			const before = await app.db.select({ id: rooms.id }).from(rooms);
			for (const wrong of [
				plan('   '),
				plan('x'.repeat(201)),
				{ ...plan('Zone'), timeZone: 'Mars/Olympus' },
				{ ...plan('Days'), startsOn: '2026-05-02', endsOn: '2026-05-01' },
				plan('Bad', 'a--b')
			])
				expect((await app.organise.createEvent(wrong, ada)).ok).toBe(false);
			expect(await app.db.select({ id: rooms.id }).from(rooms)).toHaveLength(before.length);
		});

		it('gives two makers of one name at once two addresses or one of them a refusal', async () => {
			const made = await Promise.all(
				Array.from({ length: 4 }, () => app.organise.createEvent(plan('Race'), ada))
			);
			const slugs = made.flatMap((each) => (each.ok ? [each.value.slug] : []));
			expect(new Set(slugs).size).toBe(slugs.length);
			expect(slugs.length).toBeGreaterThan(0);
			for (const each of made) if (!each.ok) expect(each.error.code).toBe('slug_taken');
		});
	});

	describe('changing one', () => {
		it('moves booths and rooms, keeps the floor first, and names stay unique', async () => {
			const event = await makeEvent(app, 'Order', ada);
			await app.organise.moveBooth(await there(event, 'de'), 'up', ada);
			await app.organise.moveBooth(await there(event, 'de'), 'up', ada);
			const main = await room(event);
			const order = await app.events.booths(event.id, main.room.id);
			expect(order.map((each) => each.booth.language)).toEqual(['floor', 'de', 'fr']);
			await app.organise.moveRoom(await room(event, 'side'), 'up', ada);
			expect((await app.events.rooms(event.id)).map((each) => each.room.slug)).toEqual([
				'side',
				'main'
			]);
			const taken = { name: 'Side', slug: 'main' };
			expect(await app.organise.changeRoom(await room(event, 'side'), taken, ada)).toMatchObject({
				error: { code: 'slug_taken' }
			});
		});

		it('does not move an address under somebody who sits in a booth', async () => {
			const event = await makeEvent(app, 'Seated', ada);
			await sit((await there(event, 'fr')).booth.id, 'Léa');
			const settings = await app.organise.settings(event.id);
			if (!settings) throw new Error('no settings');
			const moved = { ...settings, slug: 'seated-elsewhere' };
			expect(await app.organise.changeEvent(event, moved, ada)).toMatchObject({
				error: { code: 'in_use' }
			});
			const renamed = { ...settings, name: 'Seated still' };
			expect(await app.organise.changeEvent(event, renamed, ada)).toMatchObject({ ok: true });
		});

		it('moves paths with the address, and tells who listens', async () => {
			const event = await makeEvent(app, 'Moving', ada);
			await app.channels.snapshot(event);
			const told: ChannelState[] = [];
			const stop = app.channels.onChange((_, changed) => told.push(...changed));
			const settings = await app.organise.settings(event.id);
			if (!settings) throw new Error('no settings');
			await app.organise.changeEvent(event, { ...settings, slug: 'moved' }, ada);
			stop();
			expect((await app.events.event('moving')).ok).toBe(false);
			expect((await there({ ...event, slug: 'moved' }, 'fr')).path).toBe('moved/fr');
			expect(told.map(({ path }) => path)).toContain('moved/fr');
		});

		it('takes regional and sign languages in canonical case, each once', async () => {
			const event = await makeEvent(app, 'Languages', ada);
			const codes = ['pt-BR', 'gsg', 'fr'] as LanguageCode[];
			const added = await app.organise.addBooths(await room(event), codes, ada);
			expect(added).toEqual({ ok: true, value: ['pt-BR', 'gsg'] });
			expect((await booth(event, 'PT-br'))?.path).toBe('languages/pt-BR');
			expect(await app.organise.addBooths(await room(event), codes, ada)).toMatchObject({
				error: { code: 'language_taken' }
			});
		});
	});

	describe('deleting', () => {
		it('an event closes its booths and is found nowhere; undo brings it back as it was', async () => {
			const event = await makeEvent(app, 'Gone', ada);
			const fr = await there(event, 'fr');
			await sit(fr.booth.id, 'Ana');
			await app.channels.snapshot(event);
			const told: ChannelState[] = [];
			const stop = app.channels.onChange((_, changed) => told.push(...changed));
			await app.organise.deleteEvent(event, ada);
			stop();
			expect((await app.events.event('gone')).ok).toBe(false);
			expect((await app.events.boothById(fr.booth.id)).ok).toBe(false);
			expect((await app.events.allBooths()).some(({ event: of }) => of.id === event.id)).toBe(
				false
			);
			expect((await app.booths.state(fr.booth.id))?.phase.kind).toBe('closed');
			expect(told.filter(({ path }) => path === 'gone/fr').at(-1)?.air).toBe('closed');
			expect(await app.organise.createEvent(plan('Gone', 'gone'), ada)).toMatchObject({
				error: { code: 'slug_taken' }
			});
			expect(await app.organise.restoreEvent(event.id, ada)).toMatchObject({
				value: { slug: 'gone' }
			});
			expect((await there(event, 'fr')).booth.id).toBe(fr.booth.id);
			expect((await app.booths.state(fr.booth.id))?.phase.kind).not.toBe('closed');
		});

		it('a room takes its booths along, never the main room', async () => {
			const event = await makeEvent(app, 'Rooms', ada);
			expect(await app.organise.deleteRoom(await room(event), ada)).toMatchObject({
				error: { code: 'room_is_main' }
			});
			const side = await room(event, 'side');
			await app.organise.deleteRoom(side, ada);
			expect(await booth(event, 'fr', 'side')).toBeNull();
			expect(await app.events.rooms(event.id)).toHaveLength(1);
			const again = { name: 'Side', slug: 'side', languages: [] };
			expect(await app.organise.addRoom(event, again, ada)).toMatchObject({
				error: { code: 'slug_taken' }
			});
			await app.organise.restoreRoom(event, side.room.id, ada);
			expect(await booth(event, 'fr', 'side')).not.toBeNull();
		});

		it('a booth that is added again is the one that was removed', async () => {
			const event = await makeEvent(app, 'Booths', ada);
			const fr = await there(event, 'fr');
			await app.organise.deleteBooth(fr, ada);
			expect(await booth(event, 'fr')).toBeNull();
			expect(await app.organise.deletedBooths(fr.room.id)).toMatchObject([{ language: 'fr' }]);
			await app.organise.addBooths(await room(event), ['fr'] as LanguageCode[], ada);
			expect((await there(event, 'fr')).booth.id).toBe(fr.booth.id);
			expect((await app.booths.state(fr.booth.id))?.phase.kind).toBe('empty');
			expect(await app.organise.deleteBooth(await there(event, 'floor'), ada)).toMatchObject({
				error: { code: 'booth_is_floor' }
			});
		});

		it('is final after thirty days, not before', async () => {
			const event = await makeEvent(app, 'Old', ada);
			const kept = await makeEvent(app, 'Recent', ada);
			await app.organise.deleteEvent(event, ada);
			await app.organise.deleteEvent(kept, ada);
			const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
			const set = (id: number, days: number) =>
				app.db
					.update(events)
					.set({ deletedAt: ago(days) })
					.where(eq(events.id, id));
			await set(event.id, 30.1);
			await set(kept.id, 29.9);
			expect(await app.organise.restoreEvent(event.id, ada)).toMatchObject({
				error: { code: 'not_found' }
			});
			expect(await app.organise.cleanUp.run()).toMatchObject({ events: 1 });
			const left = await app.db.select().from(booths).where(eq(booths.eventId, event.id));
			expect(left).toEqual([]);
			expect(await app.organise.restoreEvent(kept.id, ada)).toMatchObject({ ok: true });
			const record = await app.db
				.select()
				.from(auditLog)
				.where(and(eq(auditLog.action, 'event.deleted'), eq(auditLog.target, 'old')));
			expect(record).toHaveLength(1);
		});
	});

	describe('the programme', () => {
		const talk = {
			title: 'Opening',
			startsAt: '2026-07-01T09:00',
			endsAt: '2026-07-01T10:00',
			description: '',
			speakers: 'A. Rao',
			interpreters: { FR: 'Léa', de: '  ' }
		};

		it('keeps times of the event’s zone, and gives back what it removes', async () => {
			const event = await makeEvent(app, 'Talks', ada);
			const { schedule } = app.organise;
			const zone = await schedule.zone(event.id);
			const saved = await schedule.save(await room(event, 'side'), null, zone, talk, ada);
			if (!saved.ok) throw new Error(saved.error.message);
			expect(await schedule.list(event.id)).toMatchObject([
				{
					room: 'side',
					startsAt: Date.parse('2026-07-01T07:00Z'),
					interpreters: { fr: 'Léa' }
				}
			]);
			const removed = await schedule.remove(event, saved.value, zone, ada);
			expect(removed).toMatchObject({ value: { room: 'side', startsAt: talk.startsAt } });
			expect(await schedule.list(event.id)).toEqual([]);
		});

		it.each([
			['title_missing', { title: ' ' }],
			['starts_invalid', { startsAt: 'soon' }],
			['ends_before_start', { endsAt: '2026-07-01T09:00' }],
			['session_long', { endsAt: '2026-07-03T09:00' }],
			['too_long', { speakers: 'x'.repeat(501) }]
		])('refuses %s', async (code, wrong) => {
			const event = await makeEvent(app, 'Refused', ada);
			const { schedule } = app.organise;
			expect(
				await schedule.save(await room(event), null, 'UTC', { ...talk, ...wrong }, ada)
			).toMatchObject({ error: { code } });
		});
	});
});
