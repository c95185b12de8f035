import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { SEAT_GRACE_MS } from '#lib/domain/booth/state.ts';
import { openPostgres, type Database } from '#lib/server/db/database.ts';
import type { HallPortal } from '../support/booth-hall.ts';
import { personOf, Scene } from '../support/booth-scene.ts';
import { postgresCluster } from '../support/databases.ts';

// Two portals in one process, each with connections of its own, on one Postgres.
describe('two portals on one database', () => {
	const cluster = postgresCluster();
	let made: { url: string; name: string };
	let databases: Database[] = [];
	let scene: Scene;
	let second: HallPortal;

	beforeAll(async () => {
		made = await cluster.create();
		databases = [openPostgres(made.url), openPostgres(made.url)];
		await databases[0]?.migrate();
	});
	afterAll(async () => {
		for (const database of databases) await database.close();
		await cluster.drop(made.name);
		cluster.stop();
	});
	beforeEach(async () => {
		const [one, two] = databases;
		if (!one || !two) throw new Error('no database');
		scene = await Scene.set(one);
		second = await scene.start({ database: two });
	});
	afterEach(() => scene.end());

	/** Ana at the first portal and live, Ben at the second. */
	const apart = async () => {
		const ana = await scene.interpreter('Ana');
		const ben = await scene.interpreter('Ben', { at: second });
		await scene.goLive(ana);
		await ben.untilPhase('live Ana');
		return { ana, ben };
	};

	it('show each other’s people, steps, notices and words at once', async () => {
		const { ana, ben } = await apart();
		await ana.until('both', () => ana.view.participants.length === 2);
		await ben.act('request');
		await ana.untilPhase('Ana requested Ben');
		await ana.act('decline');
		const asked = performance.now();
		expect((await ben.untilNotice('handover_declined')).name).toBe('Ben');
		await ana.act('offer', ben.seat);
		await ben.untilPhase('Ana offered Ben');
		await ben.act('accept');
		await second.hear(ben.seat);
		await ana.untilPhase('live Ben');
		expect((await ana.untilNotice('handed_over')).name).toBe('Ben');
		await ben.ask('booth:chat', { body: 'merci' });
		await ana.until('the word', () => ana.chat.at(-1)?.body === 'merci');
		// Told, not found out by looking each second: six steps would take longer.
		expect(performance.now() - asked).toBeLessThan(5_000);
		expect(ana.chat).toHaveLength(1);
		expect(ben.chat).toHaveLength(1);
	});

	it('decide one after the other, whoever asks', async () => {
		const people = await Promise.all(
			Array.from({ length: 6 }, (_, n) =>
				scene.interpreter(`Person ${n}`, n % 2 === 0 ? {} : { at: second })
			)
		);
		await Promise.all(
			people.map((one) => one.until('all', () => one.view.participants.length === 6))
		);
		for (let round = 0; round < 5; round++)
			await Promise.all(people.map((one) => one.ask('booth:request', {})));
		const stored = await second.booths.load(scene.hall.booth);
		for (const one of people)
			await one.until('the same', () => one.view.version === stored?.version);
		for (const one of people) expect(one.view.phase).toEqual(stored?.state.phase);
	});

	it('let a page come back at the other one, and end its connection at the first', async () => {
		const { ana, ben } = await apart();
		const moved = scene.page(ana.cookie, { at: second });
		moved.seatToken = ana.seatToken;
		await moved.connect();
		const ended = ana.ended();
		expect(await moved.join()).toMatchObject({ ok: true, value: { entry: 'returned' } });
		await ended;
		scene.hall.clock.jump(SEAT_GRACE_MS);
		await second.booths.tick();
		expect(await moved.code('booth:stop')).toBe('ok');
		await ben.untilPhase('ready Ana');
		expect(ben.view.participants.every(({ connected }) => connected)).toBe(true);
	});

	it('find out when the other one has died, and give its people their grace', async () => {
		const { ana, ben } = await apart();
		await scene.die(scene.portal);
		await ben.until('Ana lost', () => ben.view.participants[0]?.connected === false);
		expect(ben.phase).toBe('live Ana');
		const moved = scene.page(ana.cookie, { at: second });
		moved.seatToken = ana.seatToken;
		await moved.connect();
		expect(await moved.join()).toMatchObject({ value: { entry: 'returned' } });
		await ben.until('Ana back', () => ben.view.participants[0]?.connected === true);
	});

	it('take their people back when they were taken for dead by mistake', async () => {
		const { ana, ben } = await apart();
		await second.booths.command(scene.hall.booth, {
			type: 'portal-lost',
			portal: scene.portal.portalId
		});
		await ben.until('Ana lost and back', () =>
			ben.views.some(({ participants }) => participants[0]?.connected === false)
		);
		await ben.until('Ana back', () => ben.view.participants[0]?.connected === true);
		expect(await ana.code('booth:stop')).toBe('ok');
	});

	it('let a page join anew whose seat the other one gave up by mistake', async () => {
		const { ana, ben } = await apart();
		const ended = ana.ended();
		await second.booths.command(
			scene.hall.booth,
			{ type: 'leave' },
			{ kind: 'seat', seat: ana.seat, permissions: [] }
		);
		await ended;
		expect(ana.closed).toBeNull();
		await ana.connect();
		expect(await ana.join()).toMatchObject({ value: { entry: 'replaced' } });
		await ben.untilPhase('ready Ben');
	});

	it('hear each other again after their connections were cut', async () => {
		const { ana, ben } = await apart();
		const [database] = databases;
		await database?.db.execute(
			sql`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'`
		);
		// The state is found by looking, whatever the listening does.
		await ana.act('offer', ben.seat);
		await ben.untilPhase('Ana offered Ben');
		await ben.act('decline');
		await ana.untilPhase('live Ana');
		let said = 0;
		await ben.until('a word that came through', () => {
			ana.send('booth:chat', { body: `word ${said++}` });
			return ben.chat.length > 0;
		});
	});

	it('refuse a ticket at the one portal for what the other one has moved on', async () => {
		const { ana, ben } = await apart();
		await ana.act('offer', ben.seat);
		await ben.until('offer', () => ben.phase === 'Ana offered Ben');
		await ben.act('accept');
		await second.hear(ben.seat);
		expect(await scene.ticketFor(ana, ana.seat)).toMatchObject({ error: { code: 'not_active' } });
		const own = await scene.portal.booths.ticketFor(scene.hall.booth, personOf(ben), null);
		expect(own).toEqual({ ok: true, value: { seat: ben.seat } });
	});
});
