import { afterAll, expect, it } from 'vitest';
import { allowedPublishers } from '#lib/domain/booth/allowed-publishers.ts';
import { brokenInState, brokenPublishers } from '#lib/domain/booth/invariants.ts';
import { activeOf } from '#lib/domain/booth/seats.ts';
import type { SeatId } from '#lib/domain/ids.ts';
import { openPostgres, type Database } from '#lib/server/db/database.ts';
import type { BoothView } from '#lib/protocol/booth.ts';
import type { HallPortal } from '../support/booth-hall.ts';
import type { BoothPage } from '../support/booth-page.ts';
import { useScene } from '../support/booth-scene.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

/** Others: `BOOTH_SEEDS=7,8 npx vitest run tests/integration/booth-random.test.ts` */
const SEEDS = (process.env['BOOTH_SEEDS'] ?? '1,2,3').split(',').map(Number);
const STEPS = 150;

const ACTS = [
	...(['go-live', 'stop', 'request', 'accept', 'decline', 'cancel', 'open', 'close'] as const),
	...(['offer', 'set-active'] as const)
];
const CONSENTS = ['go-live', 'request', 'accept'];
const TO_SOMEBODY = ['offer', 'set-active'];

/** Somebody with a page that is open, dropped, or not there. */
type Person = { readonly cookie: string; page: BoothPage | null };

describeOnEachDatabase('random people on real sockets', (kind) => {
	const scene = useScene(kind);
	let second: Database | undefined;
	afterAll(() => second?.close());

	it.each(SEEDS)('never break a promise (seed %i)', { timeout: 180_000 }, async (seed) => {
		const random = mulberry32(seed);
		const upTo = (n: number): number => Math.floor(random() * n);
		const oneOf = <T>(all: readonly T[]): T => all[upTo(all.length)] as T;

		const portals = [scene().portal];
		const url = kind.url(scene().database);
		if (url !== null) {
			second ??= openPostgres(url, 4);
			portals.push(await scene().start({ database: second }));
		}
		const ana = await scene().invite('Ana');
		const cookies = [ana, ana, await scene().invite('Ben'), await scene().invite('Cleo')];
		const people: Person[] = [...cookies, await scene().invite('Desk', 'coordinator')].map(
			(cookie) => ({ cookie, page: null })
		);
		const everyPage: BoothPage[] = [];
		const consents = new Set<SeatId>();
		const heard = new Set<SeatId>();

		const enter = async (person: Person): Promise<void> => {
			person.page?.close();
			const page = scene().page(person.cookie, { at: oneOf(portals) });
			everyPage.push(page);
			person.page = page;
			await page.connect();
			expect(await page.join()).toMatchObject({ ok: true, value: { entry: 'fresh' } });
		};
		const act = async (page: BoothPage): Promise<void> => {
			const { acts } = page.view.you;
			const sensible = ACTS.filter((one) => acts.includes(one) && one !== 'close');
			const name = sensible.length > 0 && random() < 0.8 ? oneOf(sensible) : oneOf(ACTS);
			const to = oneOf(page.view.participants).seat;
			const { seat } = page;
			const code = await page.code(`booth:${name}`, TO_SOMEBODY.includes(name) ? { seat: to } : {});
			expect(code).toMatch(/^[a-z_]+$/);
			expect(['invalid_input', 'internal_error']).not.toContain(code);
			// On a machine under load an act may be `busy`, and yet have been done.
			if (/ok|busy/.test(code) && CONSENTS.includes(name)) consents.add(seat);
		};
		const listen = async (): Promise<void> => {
			const state = await oneOf(portals).booths.state(scene().hall.booth);
			const allowed = state ? allowedPublishers(state) : [];
			const seats = [...allowed, ...allowed, ...everyPage.map((page) => page.seat)];
			const seat = seats.length > 0 && random() < 0.85 ? oneOf(seats) : null;
			if (seat) heard.add(seat);
			await oneOf(portals).hear(seat);
		};
		const step = async (): Promise<void> => {
			const person = oneOf(people);
			const { page } = person;
			const dice = random();
			if (!page?.socket.connected) {
				if (page && dice < 0.6) {
					await page.connect();
					expect((await page.join()).ok).toBe(true);
				} else await enter(person);
			} else if (dice < 0.55) await act(page);
			else if (dice < 0.62)
				await Promise.all(
					people.flatMap(({ page: one }) => (one?.socket.connected && one.joined ? [act(one)] : []))
				);
			else if (dice < 0.8) await listen();
			else if (dice < 0.85) await page.drop();
			else if (dice < 0.88) await enter(person);
			else if (dice < 0.9) {
				await page.ask('booth:leave', {});
				page.close();
				person.page = null;
			} else if (dice < 0.98) {
				scene().hall.clock.jump(upTo(14_000));
				await oneOf(portals).booths.tick();
			} else {
				await restart(portals);
			}
		};
		const restart = async (all: HallPortal[]): Promise<void> => {
			await scene().restart();
			all[0] = scene().portal;
		};

		for (let n = 0; n < STEPS; n++) {
			await step();
			const state = await oneOf(portals).booths.state(scene().hall.booth);
			if (!state) throw new Error('no booth');
			expect([...brokenInState(state), ...brokenPublishers(state)]).toEqual([]);
			const onAir = state.phase.kind === 'ready' ? null : activeOf(state.phase);
			if (onAir) expect(consents).toContain(onAir.seat);
		}

		// What the pages were shown is one story: one phase for each version, whoever looks.
		const story = new Map<number, BoothView['phase']>();
		for (const { phase, version } of everyPage.flatMap((page) => page.views)) {
			expect(phase).toEqual(story.get(version) ?? phase);
			story.set(version, phase);
			if (phase.kind === 'live') expect(heard).toContain(phase.active.seat);
		}
		expect(story.size).toBeGreaterThan(STEPS / 4);

		// All who are there end up knowing the same, and whatever happened, the booth can be used.
		const stored = await scene().portal.booths.load(scene().hall.booth);
		const present = people.flatMap(({ page }) => (page?.socket.connected ? [page] : []));
		for (const page of present)
			await page.until('the newest version', () => page.view.version >= (stored?.version ?? 0));
		const desk = await scene().enter(people[4]?.cookie ?? '');
		await desk.ask('booth:open', {});
		const fresh = await scene().interpreter('Fresh');
		await desk.act('set-active', fresh.seat);
		await scene().goLive(fresh);
	});
});

/** A small seeded generator (mulberry32), so that a failure can be played again. */
function mulberry32(seed: number): () => number {
	let a = seed;
	return () => {
		a = (a + 0x6d2b79f5) | 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}
