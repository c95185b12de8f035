import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageCode } from '#lib/domain/language.ts';
import type { App } from '#lib/server/app.ts';
import { parseEventFile } from '#lib/server/events/event-file.ts';
import type { FoundEvent } from '#lib/server/events/events.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import {
	DESK_PAGES,
	makeEvent,
	ORGANISER,
	outcome,
	owns,
	pageRequest,
	person,
	startDeskPortal,
	SUPER,
	type DeskPortal
} from '../support/desk.ts';

/** Owners may do everything in their own event, so what stops them in another one is the isolation alone. */
describeOnEachDatabase('the desk’s pages', (kind) => {
	let portal: DeskPortal;
	let app: App;
	let mine: FoundEvent;
	let foreign: FoundEvent;
	let owner: Awaited<ReturnType<typeof person>>;
	let other: Awaited<ReturnType<typeof person>>;
	let root: Awaited<ReturnType<typeof person>>;

	beforeAll(async () => {
		portal = await startDeskPortal(kind);
		({ app } = portal);
		const maker = await person(app, 'Maker', [ORGANISER]);
		mine = await makeEvent(app, 'Mine', maker);
		foreign = await makeEvent(app, 'Foreign', maker);
		owner = await person(app, 'Olga', [owns(mine.id)]);
		other = await person(app, 'Otto', [owns(foreign.id)]);
		root = await person(app, 'Root', [SUPER]);
	});
	afterAll(() => portal.stop());

	const load = async (page: keyof typeof DESK_PAGES) =>
		(await DESK_PAGES[page]()).load as unknown as (request: never) => unknown;
	const act = async (page: keyof typeof DESK_PAGES, name: string) => {
		const found = (await DESK_PAGES[page]()) as { actions?: Record<string, unknown> };
		const action = found.actions?.[name];
		if (typeof action !== 'function') throw new Error(`${page} has no ?/${name}`);
		return action as (request: never) => unknown;
	};
	const booth = async (event: FoundEvent, language = 'fr') => {
		const found = await app.events.booth({ event: event.slug, room: 'side', language });
		if (!found.ok) throw new Error('no booth');
		return found.value;
	};
	const talk = { title: 'Talk', startsAt: '2026-07-01T09:00', endsAt: '2026-07-01T10:00' };
	const session = async (event: FoundEvent, by = root) => {
		const room = await app.events.room(event.slug, null);
		if (!room.ok) throw new Error('no room');
		const input = { ...talk, description: '', speakers: '', interpreters: {} };
		const saved = await app.organise.schedule.save(room.value, null, 'UTC', input, by);
		if (!saved.ok) throw new Error('not saved');
		return saved.value;
	};

	describe('isolation', () => {
		it('shows an owner nothing of another event', async () => {
			const theirs = { event: foreign.slug, room: 'side' };
			for (const page of [
				'event/+layout',
				'event',
				'event/rooms',
				'event/rooms/room',
				'event/schedule',
				'event/settings'
			] as const)
				expect
					.soft(await outcome(await load(page), pageRequest(app, owner.actor, theirs)), page)
					.toEqual({ status: 404 });
			const { data } = await outcome(await load('admin/events'), pageRequest(app, owner.actor, {}));
			expect(data).toMatchObject({
				total: 1,
				list: [{ slug: 'mine', rooms: 2, booths: 4, onAir: 0 }]
			});
		});

		it('finds an id of another event’s room, booth or session in no action', async () => {
			const at = { event: mine.slug, room: 'side' };
			const theirs = await booth(foreign);
			const theirSession = await session(foreign);
			const id = String(theirs.booth.id);
			const room = String(theirs.room.id);
			const tries = [
				['event/rooms', 'move', { room, way: 'up' }],
				['event/rooms', 'restore', { room }],
				['event/rooms/room', 'move', { booth: id, way: 'up' }],
				['event/rooms/room', 'remove', { booth: id }],
				['event/rooms/room', 'restore', { booth: id }],
				['event/schedule', 'save', { ...talk, room: 'side', session: String(theirSession) }],
				['event/schedule', 'remove', { session: String(theirSession) }],
				['admin/events/deleted', 'restore', { event: String(foreign.id) }]
			] as const;
			for (const [page, name, form] of tries)
				expect
					.soft(
						await outcome(
							await act(page, name),
							pageRequest(app, owner.actor, at, { form: { ...form } })
						),
						`${page}?/${name}`
					)
					.toEqual({ status: 404 });
			expect((await booth(foreign)).booth.id).toBe(theirs.booth.id);
			expect(await app.organise.schedule.list(foreign.id)).toHaveLength(1);
		});

		it('finds a booth of another room of the same event in no action either', async () => {
			const aside = await booth(mine);
			const request = pageRequest(
				app,
				owner.actor,
				{ event: mine.slug, room: 'main' },
				{ form: { booth: String(aside.booth.id) } }
			);
			expect(await outcome(await act('event/rooms/room', 'remove'), request)).toEqual({
				status: 404
			});
		});

		it('lets nobody change another event under its own address', async () => {
			const at = { event: foreign.slug, room: 'side' };
			for (const [page, names] of [
				['event/rooms', ['add', 'move', 'restore']],
				['event/rooms/room', ['rename', 'add', 'move', 'remove', 'restore', 'delete']],
				['event/schedule', ['save', 'remove']],
				['event/settings', ['save', 'delete']]
			] as const)
				for (const name of names) {
					const form = { name: 'x', room: 'side', confirm: foreign.slug, booth: '1', session: '1' };
					const done = await outcome(
						await act(page, name),
						pageRequest(app, owner.actor, at, { form })
					);
					expect.soft(done, `${page}?/${name}`).toEqual({ status: 404 });
				}
			expect((await app.events.event(foreign.slug)).ok).toBe(true);
		});

		it('sends strangers and listeners to sign in, and back to where they were', async () => {
			const visitor = { kind: 'anonymous' } as const;
			const at = { event: mine.slug, room: 'side' };
			expect(
				await outcome(await load('event'), pageRequest(app, visitor, at, { search: '?a=1' }))
			).toEqual({ status: 303, location: '/login?next=%2Fadmin%3Fa%3D1' });
			expect(
				await outcome(
					await act('event/settings', 'delete'),
					pageRequest(app, visitor, at, { form: { confirm: mine.slug } })
				)
			).toEqual({ status: 303, location: '/login?next=%2Fadmin' });
		});

		it('an owner may not make events; who may make them owns what they made', async () => {
			const form = { go: 'create', step: 'people', name: 'New', timeZone: 'UTC', room: 'Main' };
			const create = await act('admin/events/new', 'default');
			expect(await outcome(create, pageRequest(app, owner.actor, {}, { form }))).toEqual({
				status: 403
			});
			const made = await outcome(
				create,
				pageRequest(app, (await person(app, 'Mika', [ORGANISER])).actor, {}, { form })
			);
			expect(made).toMatchObject({ status: 200, data: { made: { slug: 'new-2' } } });
		});
	});

	describe('a destructive act', () => {
		it('needs the words that were asked for', async () => {
			const request = (confirm: string) =>
				pageRequest(app, other.actor, { event: foreign.slug }, { form: { confirm } });
			const remove = await act('event/settings', 'delete');
			expect(await outcome(remove, request('mine'))).toMatchObject({
				status: 400,
				data: { code: 'confirm_wrong' }
			});
			expect((await app.events.event(foreign.slug)).ok).toBe(true);
		});
	});

	describe('an event as a file', () => {
		it('comes back as it was, without a secret in it', async () => {
			await session(mine);
			const file = await app.organise.exportEvent(mine, owner);
			const text = JSON.stringify(file);
			const code = await app.organise.joinCode(mine.id);
			expect(code).not.toBeNull();
			expect(text).not.toContain(code);
			expect(text).not.toMatch(/token|secret|password|@example/i);
			const parsed = parseEventFile(text);
			if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
			const made = await app.organise.importEvent({ ...parsed.value, slug: 'again' }, root);
			if (!made.ok) throw new Error(made.error.message);
			const found = await app.events.event('again');
			if (!found.ok) throw new Error('not found');
			expect(await app.organise.exportEvent(found.value, root)).toEqual({ ...file, slug: 'again' });
			expect(await app.organise.joinCode(made.value.id)).not.toBe(code);
		});

		it('tells every fault with its place', async () => {
			const file = await app.organise.exportEvent(mine, owner);
			const [first] = file.rooms;
			if (!first) throw new Error('no room');
			const bad = {
				...file,
				timeZone: 'Mars/Olympus',
				joinCode: 'ABC234',
				rooms: [
					{ ...first, languages: ['fr', 'not a language', 'floor'] },
					{ ...first, name: '' }
				]
			};
			const parsed = parseEventFile(JSON.stringify(bad));
			const places = parsed.ok ? [] : (parsed.faults ?? []).map(({ at }) => at);
			expect(places).toEqual(
				expect.arrayContaining([
					'timeZone',
					'rooms[0].languages[1]',
					'rooms[0].languages[2]',
					'rooms[1].name'
				])
			);
			expect(JSON.stringify(parsed)).toContain('joinCode');
			expect(parseEventFile('{').ok).toBe(false);
		});

		it('is copied without people and codes', async () => {
			const made = await app.organise.copyEvent(
				mine,
				{ name: 'Copy of Mine', slug: null, schedule: false },
				root
			);
			if (!made.ok) throw new Error(made.error.message);
			expect(made.value.slug).toBe('copy-of-mine');
			expect(await app.organise.schedule.list(made.value.id)).toEqual([]);
			expect(await app.organise.joinCode(made.value.id)).not.toBe(
				await app.organise.joinCode(mine.id)
			);
		});
	});

	it('asks no more questions for sixty rooms than for two', { timeout: 120_000 }, async () => {
		const params = { event: mine.slug, room: 'side' };
		const counts = async () => {
			const found: Record<string, number> = {};
			for (const page of Object.keys(DESK_PAGES) as (keyof typeof DESK_PAGES)[]) {
				const run = await load(page);
				const request = pageRequest(app, root.actor, params);
				if (page === 'event/+layout') request.url.pathname = `/admin/events/${mine.slug}`;
				found[page] = await portal.countQueries(async () => run(request as never));
			}
			return found;
		};
		const few = await counts();
		const languages = ['fr', 'de', 'ar', 'es', 'it'] as LanguageCode[];
		for (let n = 0; n < 30; n++) {
			const added = await app.organise.addRoom(
				mine,
				{ name: `Room ${n}`, slug: null, languages },
				root
			);
			expect(added.ok).toBe(true);
			await makeEvent(app, `Event ${n}`, root);
			await session(mine);
		}
		const many = await counts();
		expect(many).toEqual(few);
		expect(Math.max(...Object.values(many))).toBeLessThanOrEqual(8);
	});
});
