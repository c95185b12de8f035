import { eq } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { GOING_LIVE_MS, HANDOVER_ANSWER_MS, SEAT_GRACE_MS } from '#lib/domain/booth/state.ts';
import { seatId, type PersonId } from '#lib/domain/ids.ts';
import type { Database } from '#lib/server/db/database.ts';
import { booths, invites } from '#lib/server/db/schema.ts';
import { Hall, openPortal, type HallPortal } from '../support/booth-hall.ts';
import { BoothPage } from '../support/booth-page.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { deferred } from '../support/deferred.ts';

describeOnEachDatabase('booth sockets', (kind) => {
	let database: Database;
	let hall: Hall;
	let portal: HallPortal;
	let pages: BoothPage[] = [];
	let portals: HallPortal[] = [];

	beforeAll(async () => {
		database = await kind.open();
	});
	beforeEach(async () => {
		hall = await Hall.open(database);
		portal = await start();
	});
	afterEach(async () => {
		for (const page of pages) page.close();
		for (const one of portals) await one.stop();
		const faults = pages.flatMap((page) => page.faults);
		pages = [];
		portals = [];
		expect(faults).toEqual([]);
	});

	const start = async (options: Parameters<typeof openPortal>[1] = {}): Promise<HallPortal> => {
		const started = await openPortal(hall, options);
		portals.push(started);
		return started;
	};
	const page = (
		cookie: string | null,
		options: ConstructorParameters<typeof BoothPage>[3] & { at?: HallPortal } = {}
	): BoothPage => {
		const made = new BoothPage(hall, options.at ?? portal, cookie, options);
		pages.push(made);
		return made;
	};
	/** A page of this person, in the booth. */
	const enter = async (
		cookie: string,
		options: Parameters<typeof page>[1] = {}
	): Promise<BoothPage> => {
		const made = page(cookie, options);
		expect(await made.connect()).toBeNull();
		const joined = await made.join();
		if (!joined.ok) throw new Error(joined.error.code);
		return made;
	};
	const goLive = async (who: BoothPage): Promise<void> => {
		await who.act('go-live');
		await portal.hear(who.seat);
		await who.until('live', () => who.view.phase.kind === 'live');
	};
	/** Ana live, Ben standing by. */
	const pair = async (): Promise<{ ana: BoothPage; ben: BoothPage }> => {
		const ana = await enter(await hall.invite('Ana'));
		const ben = await enter(await hall.invite('Ben'));
		await goLive(ana);
		await ben.untilPhase('live Ana');
		return { ana, ben };
	};

	it('hands over when the newcomer is heard, and tells everybody', async () => {
		const { ana, ben } = await pair();
		await ana.act('offer', ben.seat);
		await ben.untilPhase('Ana offered Ben');
		expect(ben.view.you.acts).toContain('accept');
		await ben.act('accept');
		const ticket = await portal.booths.ticketFor(hall.booth, personOf(ben), ben.seat);
		expect(ticket).toEqual({ ok: true, value: { seat: ben.seat } });
		await ana.untilPhase('Ana arriving Ben');
		portal.sound = ben.seat;
		await ben.act('arrived');
		await Promise.all([ana, ben].map((one) => one.untilPhase('live Ben')));
		expect((await ana.untilNotice('handed_over')).name).toBe('Ben');
		expect(await portal.booths.ticketFor(hall.booth, personOf(ana), null)).toMatchObject({
			error: { code: 'not_active' }
		});
	});

	it('opens no microphone by joining, reloading, returning or promotion', async () => {
		const ana = await enter(await hall.invite('Ana'));
		await ana.untilPhase('ready Ana');
		const desk = await enter(await hall.invite('Desk', 'coordinator'));
		const ben = await enter(await hall.invite('Ben'));
		await desk.act('set-active', ben.seat);
		await ben.untilPhase('ready Ben');
		const reloaded = await enter(ben.cookie ?? '');
		expect(reloaded.joined?.entry).toBe('fresh');
		expect(reloaded.seat).not.toBe(ben.seat);
		expect(reloaded.phase).toBe('ready Ben');
	});

	it('refuses sockets nobody is signed in on with 4001', async () => {
		expect(await page(null).connect()).toEqual({ code: 4001 });
		expect(await page('session_token=forged').connect()).toEqual({ code: 4001 });
	});

	it('refuses people of another scope with 4003, in the handshake and at the join', async () => {
		const cookie = await hall.invite('Ana');
		expect(await page(cookie, { auth: hall.foreignPlace }).connect()).toEqual({ code: 4003 });
		const late = page(cookie);
		await late.connect();
		const ended = late.ended();
		expect(await late.join(hall.foreignPlace)).toMatchObject({ error: { code: 'forbidden' } });
		await ended;
		expect(late.closed).toEqual({ code: 4003, reason: 'not_allowed' });
		const listener = page(await hall.invite('Lia', 'listener'), { auth: hall.place });
		expect(await listener.connect()).toEqual({ code: 4003 });
	});

	it('refuses pages of other sites with 4003, and takes those of its own', async () => {
		const cookie = await hall.invite('Ana');
		for (const origin of ['https://evil.example', 'null', 'http://portal.example.evil.example'])
			expect(await page(cookie, { headers: { origin } }).connect()).toEqual({ code: 4003 });
		for (const origin of ['http://portal.example', portal.url])
			expect(await page(cookie, { headers: { origin } }).connect()).toBeNull();
	});

	it('says when there is no such booth, and that the floor is none', async () => {
		const ana = page(await hall.invite('Ana'));
		await ana.connect();
		const none = { error: { code: 'not_found' } };
		expect(await ana.join({ ...hall.place, language: 'xx' })).toMatchObject(none);
		expect(await ana.join({ ...hall.place, language: 'floor' })).toMatchObject(none);
		expect(await ana.join({ ...hall.place, room: 'nowhere' })).toMatchObject(none);
		expect(await ana.join({ ...hall.place, language: 'FR' })).toMatchObject({ ok: true });
	});

	it('takes nobody’s word for who they are', async () => {
		const { ana, ben } = await pair();
		const mallory = page(await hall.invite('Mallory'));
		await mallory.connect();
		const claims = {
			...{ participant_id: ana.seat, seat: ana.seat, person: personOf(ana), name: 'Ana' },
			...{ role: 'coordinator', seatToken: ana.seatToken }
		};
		expect(await mallory.ask('booth:join', { ...hall.place, ...claims })).toMatchObject({
			ok: true,
			value: { entry: 'fresh' }
		});
		await ana.until('three people', () => ana.view.participants.length === 3);
		const seats = ana.view.participants.map(({ name, role }) => `${name} ${role}`);
		expect(seats).toEqual(['Ana interpreter', 'Ben interpreter', 'Mallory interpreter']);
		expect(await mallory.code('booth:stop', { seat: ana.seat })).toBe('not_active');
		expect(await mallory.code('booth:set-active', { seat: ben.seat })).toBe('not_allowed');
		expect(await mallory.code('booth:close')).toBe('not_allowed');
		const forged = `${ana.seatToken?.slice(0, -4)}AAAA`;
		const eve = page(ana.cookie);
		await eve.connect();
		expect(await eve.ask('booth:join', { ...hall.place, seatToken: forged })).toMatchObject({
			ok: true,
			value: { entry: 'fresh' }
		});
		expect(ana.phase).toBe('live Ana');
	});

	it('answers whatever is sent, and goes on', async () => {
		const { ana, ben } = await pair();
		const odd: readonly unknown[] = [
			...[[], 5, 'text', true, { seat: 1 }, { seat: true }, { seat: [ben.seat] }, { seat: '' }],
			...[{ seat: 'x'.repeat(101) }, { seat: { toString: 'x' } }, [[[]]], { __proto__: null }]
		];
		for (const input of odd) expect(await ana.code('booth:offer', input)).toBe('invalid_input');
		expect(await ana.code('booth:offer')).toBe('invalid_input');
		for (const body of [1, true, '', '   ', 'x'.repeat(2_001), ['a'], null])
			expect(await ben.code('booth:chat', { body })).toBe('invalid_input');
		for (const input of [{}, { event: 1, language: 'fr' }, { event: [], language: {} }, 'conf'])
			expect(await ben.code('booth:join', input)).toBe('invalid_input');
		for (const name of ['booth:update-state', 'booth:', '', 'constructor', '__proto__'])
			expect(await ben.code(name, { mic_active: 1 })).toBe('invalid_input');
		expect(await ben.code('booth:offer', { seat: 'no-such-seat' })).toBe('not_active');
		// Nobody waits for the answer of these.
		ana.send('booth:chat', { body: 7 });
		ana.send('nonsense');
		expect(await ana.code('booth:chat', { body: 'still here' })).toBe('ok');
		expect(ana.phase).toBe('live Ana');
	});

	it('holds a hasty page back without ending it, and ends a flood', async () => {
		const ana = await enter(await hall.invite('Ana'));
		const hasty = await Promise.all(
			Array.from({ length: 60 }, () => ana.code('booth:chat', { body: 'hi' }))
		);
		expect(new Set(hasty)).toEqual(new Set(['ok', 'rate_limited']));
		expect(ana.socket.connected).toBe(true);
		const ended = ana.ended();
		for (let sent = 0; sent < 600; sent++) ana.socket.emit('booth:stop', {}, () => undefined);
		await ended;
		expect(ana.closed).toEqual({ code: 4003, reason: 'rate_limited' });
	});

	it('gives one seat to a page that joins twice on one socket', async () => {
		const ana = page(await hall.invite('Ana'));
		await ana.connect();
		const [first, second] = await Promise.all([ana.join(), ana.join()]);
		expect(first).toMatchObject({ ok: true, value: { entry: 'fresh' } });
		expect(second).toMatchObject({ ok: true, value: { entry: 'returned' } });
		expect(ana.view.participants).toHaveLength(1);
		expect(await ana.code('booth:join', { ...hall.place, language: 'de' })).toBe('elsewhere');
		await ana.act('go-live');
		await ana.drop();
		const ben = await enter(await hall.invite('Ben'));
		hall.clock.jump(SEAT_GRACE_MS);
		await ben.untilPhase('ready Ben');
		expect(ben.view.participants).toHaveLength(1);
	});

	it('lets requests wait for the join they were sent after', async () => {
		const ana = page(await hall.invite('Ana'));
		await ana.connect();
		const [joined, live] = await Promise.all([ana.join(), ana.code('booth:go-live', {})]);
		expect([joined.ok, live]).toEqual([true, 'ok']);
		await ana.untilPhase('going-live Ana');
	});

	it('seats a second page of one person beside the first, and moves only by a deliberate act', async () => {
		const { ana, ben } = await pair();
		const tablet = await enter(ana.cookie ?? '');
		await ben.until('both pages', () => ben.view.participants.length === 3);
		expect(tablet.phase).toBe('live Ana');
		expect(tablet.view.phase).toMatchObject({ active: { seat: ana.seat } });
		expect(await tablet.code('booth:stop')).toBe('not_active');
		await tablet.act('request');
		await ben.untilPhase('Ana accepted Ana');
		await portal.hear(tablet.seat);
		await ana.until(
			'the tablet',
			() => ana.view.phase.kind === 'live' && ana.view.phase.active.seat === tablet.seat
		);
	});

	it('moves a seat on to the newer connection of its page, and keeps it when the older one ends', async () => {
		const { ana, ben } = await pair();
		const again = page(ana.cookie);
		again.seatToken = ana.seatToken;
		await again.connect();
		const ended = ana.ended();
		expect(await again.join()).toMatchObject({ ok: true, value: { entry: 'returned' } });
		await ended;
		await ben.act('request');
		await ben.act('cancel');
		await again.untilPhase('live Ana');
		expect(again.view.participants.map(({ connected }) => connected)).toEqual([true, true]);
		await again.act('stop');
	});

	it.each(['offered', 'requested', 'accepted'] as const)(
		'is not wedged when a partner leaves while it is %s',
		async (step) => {
			for (const leaver of ['newcomer', 'holder'] as const) {
				const { ana, ben } = await pair();
				if (step === 'requested') await ben.act('request');
				else await ana.act('offer', ben.seat);
				if (step === 'accepted') await ben.act('accept');
				await ana.untilPhase(`Ana ${step} Ben`);
				const [goes, stays] = leaver === 'newcomer' ? [ben, ana] : [ana, ben];
				await goes.ask('booth:leave', {});
				const passedOn = leaver === 'holder' && step === 'accepted';
				const after =
					leaver === 'newcomer' ? 'live Ana' : passedOn ? 'going-live Ben' : 'ready Ben';
				await stays.untilPhase(after);
				if (!passedOn && leaver === 'holder') await stays.act('go-live');
				await portal.hear(stays.seat);
				await stays.until('live', () => stays.view.phase.kind === 'live');
				// And a whole handover works again.
				const cleo = await enter(await hall.invite('Cleo'));
				await stays.act('offer', cleo.seat);
				await cleo.act('accept');
				await portal.hear(cleo.seat);
				await cleo.untilPhase('live Cleo');
				for (const one of [stays, cleo]) await one.ask('booth:leave', {});
			}
		}
	);

	it('expires what nobody answers, and says so', async () => {
		const { ana, ben } = await pair();
		await ana.act('offer', ben.seat);
		hall.clock.jump(HANDOVER_ANSWER_MS);
		await ben.untilNotice('handover_expired');
		await ana.untilPhase('live Ana');
		await ana.act('stop');
		await ana.act('go-live');
		hall.clock.jump(GOING_LIVE_MS);
		await ben.untilNotice('no_sound');
		await ben.untilPhase('ready Ana');
	});

	it('keeps a dropped page’s seat for its grace, calls the boothmate then, and says that the seat is gone', async () => {
		const { ana, ben } = await pair();
		await ana.drop();
		await ben.until('lost', () => ben.view.participants[0]?.connected === false);
		expect(ben.phase).toBe('live Ana');
		await ana.connect();
		expect(await ana.join()).toMatchObject({ ok: true, value: { entry: 'returned' } });
		await ben.until('back', () => ben.view.participants[0]?.connected === true);
		await ana.drop();
		// Its sound goes on: no grace runs.
		hall.clock.jump(3 * SEAT_GRACE_MS);
		await portal.booths.tick();
		await portal.hear(null);
		await ben.untilPhase('ready Ana');
		await ben.untilNotice('sound_lost');
		hall.clock.jump(SEAT_GRACE_MS);
		await ben.untilPhase('ready Ben');
		expect((await ben.untilNotice('seat_lost')).name).toBe('Ana');
		await ana.connect();
		expect(await ana.join()).toMatchObject({ ok: true, value: { entry: 'replaced' } });
		expect(ana.phase).toBe('ready Ben');
	});

	it('frees a seat at once when its page leaves', async () => {
		const { ana, ben } = await pair();
		expect(await ana.code('booth:leave', {})).toBe('ok');
		await ben.untilPhase('ready Ben');
		expect((await ben.untilNotice('seat_lost')).name).toBe('Ana');
		expect(await ana.code('booth:go-live')).toBe('not_joined');
		expect(await ana.join()).toMatchObject({ ok: true, value: { entry: 'replaced' } });
	});

	it('closes and opens the channel at a coordinator’s word', async () => {
		const { ana, ben } = await pair();
		const desk = await enter(await hall.invite('Desk', 'coordinator'));
		expect(desk.view.you.acts).toEqual(expect.arrayContaining(['close', 'set-active', 'chat']));
		await desk.act('close');
		await ana.untilNotice('closed');
		expect(await ana.code('booth:go-live')).toBe('booth_closed');
		const ticket = await portal.booths.ticketFor(hall.booth, personOf(ana), ana.seat);
		expect(ticket).toMatchObject({ error: { code: 'not_active' } });
		await desk.act('open');
		await ben.untilPhase('ready Ana');
	});

	it('passes chat on to those who may chat, and shows the last hundred to newcomers', async () => {
		const { ana, ben } = await pair();
		const support = await enter(await hall.invite('Sue', 'support'));
		const sent = await ana.ask('booth:chat', { body: '  ça va ?  ' });
		expect(sent).toMatchObject({ ok: true, value: { name: 'Ana', body: 'ça va ?' } });
		await ben.until('the message', () => ben.chat.some(({ body }) => body === 'ça va ?'));
		expect(await support.code('booth:chat', { body: 'me too' })).toBe('not_allowed');
		for (let n = 0; n < 120; n++) {
			await portal.booths.chat.send(hall.booth, personOf(ana), 'Ana', `message ${n}`);
			// PGlite answers without a turn of the event loop, and only that lets anything be sent.
			await new Promise(setImmediate);
		}
		await ben.until('the last one', () => ben.chat.at(-1)?.body === 'message 119');
		const late = await enter(await hall.invite('Late'));
		expect(late.joined?.chat.map(({ body }) => body)).toEqual(
			Array.from({ length: 100 }, (_, n) => `message ${n + 20}`)
		);
		expect(support.chat).toEqual([]);
		expect(support.joined?.chat).toEqual([]);
	});

	it('sends away whoever loses the right to be there', async () => {
		const strict = await start({ rightsCheckEveryMs: 50 });
		const ana = await enter(await hall.invite('Ana'), { at: strict });
		const ended = ana.ended();
		await database.db.update(invites).set({ revokedAt: new Date() });
		await ended;
		expect(ana.closed).toEqual({ code: 4001, reason: 'session_ended' });
		expect((await strict.booths.load(hall.booth))?.state.participants).toEqual([]);
	});

	it('lets no dead peer disturb the one who sends', async () => {
		const { ana, ben } = await pair();
		ben.underlying()._socket.pause();
		const gone = ben.drop();
		const answers = Array.from({ length: 10 }, (_, n) =>
			ana.code('booth:chat', { body: `word ${n}` })
		);
		expect(new Set(await Promise.all(answers))).toEqual(new Set(['ok']));
		await gone;
		await ana.until('ten messages', () => ana.chat.length === 10);
		expect(ana.socket.connected).toBe(true);
	});

	it('keeps everything over a restart of the portal', async () => {
		const { ana, ben } = await pair();
		await ana.act('offer', ben.seat);
		await ben.act('accept');
		await ana.untilPhase('Ana accepted Ben');
		const before = ana.view;
		const { port } = portal;
		await portal.die();
		portals = portals.filter((one) => one !== portal);
		// The waits that ran meanwhile begin anew.
		hall.clock.jump(5 * SEAT_GRACE_MS);
		portal = await start({ port });
		for (const one of [ana, ben]) {
			expect(await one.connect()).toBeNull();
			expect(await one.join()).toMatchObject({ ok: true, value: { entry: 'returned' } });
		}
		expect(ana.view.phase).toMatchObject({ kind: 'handing-over', active: { seat: ana.seat } });
		expect(ana.view.version).toBeGreaterThan(before.version);
		await portal.hear(ben.seat);
		await ana.untilPhase('live Ben');
	});

	it('gives up the seats of pages that do not come back after a restart', async () => {
		const { ana, ben } = await pair();
		const { port } = portal;
		await portal.die();
		portals = portals.filter((one) => one !== portal);
		portal = await start({ port });
		await ben.connect();
		await ben.join();
		await portal.hear(null);
		await ben.untilPhase('ready Ana');
		hall.clock.jump(SEAT_GRACE_MS);
		await ben.untilPhase('ready Ben');
		await ana.connect();
		expect(await ana.join()).toMatchObject({ value: { entry: 'replaced' } });
	});

	it(
		'answers busy when the booth’s lock is not had in two seconds',
		{ timeout: 20_000 },
		async () => {
			const { ana, ben } = await pair();
			const held = await hold(database, hall);
			const asked = performance.now();
			const answers = await Promise.all([
				ana.code('booth:stop'),
				ben.code('booth:request'),
				ana.code('booth:stop')
			]);
			const tookMs = performance.now() - asked;
			expect(answers).toEqual(['busy', 'busy', 'busy']);
			expect(tookMs).toBeGreaterThan(1_500);
			expect(tookMs).toBeLessThan(6_000);
			await held.release();
			expect(await ana.code('booth:stop')).toBe('ok');
			await ben.untilPhase('ready Ana');
		}
	);

	it('knows nobody by a seat that is only named', async () => {
		const ana = await enter(await hall.invite('Ana'));
		await ana.act('go-live');
		const nobody = seatId('no-such-seat');
		expect(await portal.booths.ticketFor(hall.booth, personOf(ana), nobody)).toMatchObject({
			error: { code: 'not_active' }
		});
		const ben = await enter(await hall.invite('Ben'));
		expect(await portal.booths.ticketFor(hall.booth, personOf(ben), ana.seat)).toMatchObject({
			error: { code: 'not_active' }
		});
	});
});

/** Somebody else has the booth to themselves until `release`. */
async function hold(database: Database, hall: Hall): Promise<{ release(): Promise<void> }> {
	const taken = deferred<null>();
	const released = deferred<null>();
	const holding = database.db.transaction(async (tx) => {
		await tx.select().from(booths).where(eq(booths.id, hall.booth)).for('update');
		taken.resolve(null);
		await released.promise;
	});
	await taken.promise;
	return {
		async release() {
			released.resolve(null);
			await holding;
		}
	};
}

function personOf(page: BoothPage): PersonId {
	const own = page.view.participants.find(({ seat }) => seat === page.seat);
	if (!own) throw new Error('not in the booth');
	return own.person;
}
