import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { GOING_LIVE_MS, HANDOVER_ANSWER_MS, SEAT_GRACE_MS } from '#lib/domain/booth/state.ts';
import { seatId } from '#lib/domain/ids.ts';
import { booths, invites } from '#lib/server/db/schema.ts';
import { personOf, useScene, type Scene } from '../support/booth-scene.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { deferred } from '../support/deferred.ts';
import { eventually } from '../support/eventually.ts';

describeOnEachDatabase('booth sockets', (kind) => {
	const scene = useScene(kind);

	it('hands over when the newcomer is heard, and tells everybody', async () => {
		const { ana, ben } = await scene().pair();
		await ana.act('offer', ben.seat);
		await ben.untilPhase('Ana offered Ben');
		expect(ben.view.you.acts).toContain('accept');
		await ben.act('accept');
		const ticket = await scene().ticketFor(ben, ben.seat);
		expect(ticket).toEqual({ ok: true, value: { seat: ben.seat } });
		await ana.untilPhase('Ana arriving Ben');
		scene().portal.sound = ben.seat;
		await ben.act('arrived');
		await Promise.all([ana, ben].map((one) => one.untilPhase('live Ben')));
		expect((await ana.untilNotice('handed_over')).name).toBe('Ben');
		expect(await scene().ticketFor(ana, null)).toMatchObject({
			error: { code: 'not_active' }
		});
	});

	it('opens no microphone by joining, reloading, returning or promotion', async () => {
		const ana = await scene().interpreter('Ana');
		await ana.untilPhase('ready Ana');
		const desk = await scene().enter(await scene().invite('Desk', 'coordinator'));
		const ben = await scene().interpreter('Ben');
		await desk.act('set-active', ben.seat);
		await ben.untilPhase('ready Ben');
		const reloaded = await scene().enter(ben.cookie ?? '');
		expect(reloaded.joined?.entry).toBe('fresh');
		expect(reloaded.seat).not.toBe(ben.seat);
		expect(reloaded.phase).toBe('ready Ben');
	});

	it('refuses sockets nobody is signed in on with 4001', async () => {
		expect(await scene().page(null).connect()).toEqual({ code: 4001 });
		expect(await scene().page('session_token=forged').connect()).toEqual({ code: 4001 });
	});

	it('refuses people of another scope with 4003, in the handshake and at the join', async () => {
		const cookie = await scene().invite('Ana');
		expect(await scene().page(cookie, { auth: scene().hall.foreignPlace }).connect()).toEqual({
			code: 4003
		});
		const late = scene().page(cookie);
		await late.connect();
		const ended = late.ended();
		expect(await late.join(scene().hall.foreignPlace)).toMatchObject({
			error: { code: 'forbidden' }
		});
		await ended;
		expect(late.closed).toEqual({ code: 4003, reason: 'not_allowed' });
		const listener = scene().page(await scene().invite('Lia', 'listener'), {
			auth: scene().hall.place
		});
		expect(await listener.connect()).toEqual({ code: 4003 });
	});

	it('refuses pages of other sites with 4003, and takes those of its own', async () => {
		const cookie = await scene().invite('Ana');
		for (const origin of ['https://evil.example', 'null', 'http://portal.example.evil.example'])
			expect(await scene().page(cookie, { headers: { origin } }).connect()).toEqual({ code: 4003 });
		for (const origin of ['http://portal.example', scene().portal.url])
			expect(await scene().page(cookie, { headers: { origin } }).connect()).toBeNull();
	});

	it('says when there is no such booth, and that the floor is none', async () => {
		const ana = scene().page(await scene().invite('Ana'));
		await ana.connect();
		const none = { error: { code: 'not_found' } };
		expect(await ana.join({ ...scene().hall.place, language: 'xx' })).toMatchObject(none);
		expect(await ana.join({ ...scene().hall.place, language: 'floor' })).toMatchObject(none);
		expect(await ana.join({ ...scene().hall.place, room: 'nowhere' })).toMatchObject(none);
		expect(await ana.join({ ...scene().hall.place, language: 'FR' })).toMatchObject({ ok: true });
	});

	it('takes nobody’s word for who they are', async () => {
		const { ana, ben } = await scene().pair();
		const mallory = scene().page(await scene().invite('Mallory'));
		await mallory.connect();
		const claims = {
			...{ participant_id: ana.seat, seat: ana.seat, person: personOf(ana), name: 'Ana' },
			...{ role: 'coordinator', seatToken: ana.seatToken }
		};
		expect(await mallory.ask('booth:join', { ...scene().hall.place, ...claims })).toMatchObject({
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
		const eve = scene().page(ana.cookie);
		await eve.connect();
		expect(await eve.ask('booth:join', { ...scene().hall.place, seatToken: forged })).toMatchObject(
			{
				ok: true,
				value: { entry: 'fresh' }
			}
		);
		expect(ana.phase).toBe('live Ana');
	});

	it('answers whatever is sent, and goes on', async () => {
		const { ana, ben } = await scene().pair();
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
		const ana = await scene().interpreter('Ana');
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
		const ana = scene().page(await scene().invite('Ana'));
		await ana.connect();
		const [first, second] = await Promise.all([ana.join(), ana.join()]);
		expect(first).toMatchObject({ ok: true, value: { entry: 'fresh' } });
		expect(second).toMatchObject({ ok: true, value: { entry: 'returned' } });
		expect(ana.view.participants).toHaveLength(1);
		expect(await ana.code('booth:join', { ...scene().hall.place, language: 'de' })).toBe(
			'elsewhere'
		);
		await ana.act('go-live');
		await ana.drop();
		const ben = await scene().interpreter('Ben');
		scene().hall.clock.jump(SEAT_GRACE_MS);
		await ben.untilPhase('ready Ben');
		expect(ben.view.participants).toHaveLength(1);
	});

	it('lets requests wait for the join they were sent after', async () => {
		const ana = scene().page(await scene().invite('Ana'));
		await ana.connect();
		const [joined, live] = await Promise.all([ana.join(), ana.code('booth:go-live', {})]);
		expect([joined.ok, live]).toEqual([true, 'ok']);
		await ana.untilPhase('going-live Ana');
	});

	it('seats a second page of one person beside the first, and moves only by a deliberate act', async () => {
		const { ana, ben } = await scene().pair();
		const tablet = await scene().enter(ana.cookie ?? '');
		await ben.until('both pages', () => ben.view.participants.length === 3);
		expect(tablet.phase).toBe('live Ana');
		expect(tablet.view.phase).toMatchObject({ active: { seat: ana.seat } });
		expect(await tablet.code('booth:stop')).toBe('not_active');
		await tablet.act('request');
		await ben.untilPhase('Ana accepted Ana');
		await scene().portal.hear(tablet.seat);
		await ana.until(
			'the tablet',
			() => ana.view.phase.kind === 'live' && ana.view.phase.active.seat === tablet.seat
		);
	});

	it('moves a seat on to the newer connection of its page, and keeps it when the older one ends', async () => {
		const { ana, ben } = await scene().pair();
		const again = scene().page(ana.cookie);
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
				const { ana, ben } = await scene().pair();
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
				await scene().portal.hear(stays.seat);
				await stays.until('live', () => stays.view.phase.kind === 'live');
				// And a whole handover works again.
				const cleo = await scene().interpreter('Cleo');
				await stays.act('offer', cleo.seat);
				await cleo.act('accept');
				await scene().portal.hear(cleo.seat);
				await cleo.untilPhase('live Cleo');
				for (const one of [stays, cleo]) await one.ask('booth:leave', {});
			}
		}
	);

	it('expires what nobody answers, and says so', async () => {
		const { ana, ben } = await scene().pair();
		await ana.act('offer', ben.seat);
		scene().hall.clock.jump(HANDOVER_ANSWER_MS);
		await ben.untilNotice('handover_expired');
		await ana.untilPhase('live Ana');
		await ana.act('stop');
		await ana.act('go-live');
		scene().hall.clock.jump(GOING_LIVE_MS);
		await ben.untilNotice('no_sound');
		await ben.untilPhase('ready Ana');
	});

	it('keeps a dropped page’s seat for its grace, calls the boothmate then, and says that the seat is gone', async () => {
		const { ana, ben } = await scene().pair();
		await ana.drop();
		await ben.until('lost', () => ben.view.participants[0]?.connected === false);
		expect(ben.phase).toBe('live Ana');
		await ana.connect();
		expect(await ana.join()).toMatchObject({ ok: true, value: { entry: 'returned' } });
		await ben.until('back', () => ben.view.participants[0]?.connected === true);
		await ana.drop();
		// Its sound goes on: no grace runs.
		scene().hall.clock.jump(3 * SEAT_GRACE_MS);
		await scene().portal.booths.tick();
		await scene().portal.hear(null);
		await ben.untilPhase('ready Ana');
		await ben.untilNotice('sound_lost');
		scene().hall.clock.jump(SEAT_GRACE_MS);
		await ben.untilPhase('ready Ben');
		expect((await ben.untilNotice('seat_lost')).name).toBe('Ana');
		await ana.connect();
		expect(await ana.join()).toMatchObject({ ok: true, value: { entry: 'replaced' } });
		expect(ana.phase).toBe('ready Ben');
	});

	it('frees a seat at once when its page leaves', async () => {
		const { ana, ben } = await scene().pair();
		expect(await ana.code('booth:leave', {})).toBe('ok');
		await ben.untilPhase('ready Ben');
		expect((await ben.untilNotice('seat_lost')).name).toBe('Ana');
		expect(await ana.code('booth:go-live')).toBe('not_joined');
		expect(await ana.join()).toMatchObject({ ok: true, value: { entry: 'replaced' } });
	});

	it('closes and opens the channel at a coordinator’s word', async () => {
		const { ana, ben } = await scene().pair();
		const desk = await scene().enter(await scene().invite('Desk', 'coordinator'));
		expect(desk.view.you.acts).toEqual(expect.arrayContaining(['close', 'set-active', 'chat']));
		await desk.act('close');
		await ana.untilNotice('closed');
		expect(await ana.code('booth:go-live')).toBe('booth_closed');
		const ticket = await scene().ticketFor(ana, ana.seat);
		expect(ticket).toMatchObject({ error: { code: 'not_active' } });
		await desk.act('open');
		await ben.untilPhase('ready Ana');
	});

	it('passes chat on to those who may chat, and shows the last hundred to newcomers', async () => {
		const { ana, ben } = await scene().pair();
		const support = await scene().enter(await scene().invite('Sue', 'support'));
		const sent = await ana.ask('booth:chat', { body: '  ça va ?  ' });
		expect(sent).toMatchObject({ ok: true, value: { name: 'Ana', body: 'ça va ?' } });
		await ben.until('the message', () => ben.chat.some(({ body }) => body === 'ça va ?'));
		expect(await support.code('booth:chat', { body: 'me too' })).toBe('not_allowed');
		for (let n = 0; n < 120; n++) {
			await scene().portal.booths.chat.send(
				scene().hall.booth,
				personOf(ana),
				'Ana',
				`message ${n}`
			);
			// PGlite answers without a turn of the event loop, and only that lets anything be sent.
			await new Promise(setImmediate);
		}
		await ben.until('the last one', () => ben.chat.at(-1)?.body === 'message 119');
		const late = await scene().interpreter('Late');
		expect(late.joined?.chat.map(({ body }) => body)).toEqual(
			Array.from({ length: 100 }, (_, n) => `message ${n + 20}`)
		);
		expect(support.chat).toEqual([]);
		expect(support.joined?.chat).toEqual([]);
	});

	it('sends away whoever loses the right to be there', async () => {
		const strict = await scene().start({ rightsCheckEveryMs: 50 });
		const ana = await scene().enter(await scene().invite('Ana'), { at: strict });
		const ended = ana.ended();
		await scene().database.db.update(invites).set({ revokedAt: new Date() });
		await ended;
		expect(ana.closed).toEqual({ code: 4001, reason: 'session_ended' });
		await eventually('an empty booth', async () => {
			const stored = await strict.booths.load(scene().hall.booth);
			return stored?.state.participants.length === 0;
		});
	});

	it('lets no dead peer disturb the one who sends', async () => {
		const { ana, ben } = await scene().pair();
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
		const { ana, ben } = await scene().pair();
		await ana.act('offer', ben.seat);
		await ben.act('accept');
		await ana.untilPhase('Ana accepted Ben');
		const before = ana.view;
		// The waits that ran meanwhile begin anew.
		await scene().restart(() => scene().hall.clock.jump(5 * SEAT_GRACE_MS));
		for (const one of [ana, ben]) {
			expect(await one.connect()).toBeNull();
			expect(await one.join()).toMatchObject({ ok: true, value: { entry: 'returned' } });
		}
		expect(ana.view.phase).toMatchObject({ kind: 'handing-over', active: { seat: ana.seat } });
		expect(ana.view.version).toBeGreaterThan(before.version);
		await scene().portal.hear(ben.seat);
		await ana.untilPhase('live Ben');
	});

	it('gives up the seats of pages that do not come back after a restart', async () => {
		const { ana, ben } = await scene().pair();
		await scene().restart();
		await ben.connect();
		await ben.join();
		await scene().portal.hear(null);
		await ben.untilPhase('ready Ana');
		scene().hall.clock.jump(SEAT_GRACE_MS);
		await ben.untilPhase('ready Ben');
		await ana.connect();
		expect(await ana.join()).toMatchObject({ value: { entry: 'replaced' } });
	});

	it(
		'answers busy when the booth’s lock is not had in two seconds',
		{ timeout: 20_000 },
		async () => {
			const { ana, ben } = await scene().pair();
			const held = await hold(scene());
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
		const ana = await scene().interpreter('Ana');
		await ana.act('go-live');
		const nobody = seatId('no-such-seat');
		expect(await scene().ticketFor(ana, nobody)).toMatchObject({
			error: { code: 'not_active' }
		});
		const ben = await scene().interpreter('Ben');
		expect(await scene().ticketFor(ben, ana.seat)).toMatchObject({
			error: { code: 'not_active' }
		});
	});
});

/** Somebody else has the booth to themselves until `release`. */
async function hold({ database, hall }: Scene): Promise<{ release(): Promise<void> }> {
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
