import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { eventId, type UserId } from '#lib/domain/ids.ts';
import { COOKIES } from '#lib/server/auth/auth.ts';
import { booths, events, invites, memberships, users } from '#lib/server/db/schema.ts';
import type { BoothPage } from '../support/booth-page.ts';
import { useScene } from '../support/booth-scene.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';

/**
 * A right that is gone counts at once, at the sockets of every portal (hole 4: claims of yesterday; hole 51:
 * sessions that outlive what they were for). The regular look after rights is a minute away here.
 */
describeOnEachDatabase('a lost right', (kind) => {
	const scene = useScene(kind);
	let people = 0;

	/** An account with a role in the booth; its browser's cookie. */
	async function interpreter(): Promise<{ user: UserId; cookie: string }> {
		const { auth, booth } = scene().hall;
		const { db } = scene().database;
		const email = `ana-${people++}@rights.example`;
		const made = await auth.createAccount({ email, name: 'Ana', password: null });
		if (!made.ok) throw new Error(made.error.code);
		const [place] = await db.select().from(booths).where(eq(booths.id, booth));
		if (!place) throw new Error('no booth');
		const { eventId, roomId } = place;
		const role = 'interpreter';
		await db
			.insert(memberships)
			.values({ userId: made.value, eventId, roomId, boothId: booth, role });
		const visit = { device: '', address: '192.0.2.7' };
		const secret = await auth.sessions.start(made.value, visit);
		return { user: made.value, cookie: `${COOKIES.account}=${secret}` };
	}

	const empty = () =>
		eventually('an empty booth', async () => {
			const state = await scene().portal.booths.state(scene().hall.booth);
			return state?.participants.length === 0 && state.phase.kind === 'empty';
		});
	const sentAway = async (page: BoothPage) => {
		await page.ended();
		return page.closed;
	};

	it('takes a deactivated interpreter off the air and out of the booth, and says why', async () => {
		const { user, cookie } = await interpreter();
		const ana = await scene().enter(cookie);
		await scene().goLive(ana);
		const gone = sentAway(ana);
		await scene().database.db.update(users).set({ isActive: false }).where(eq(users.id, user));
		await scene().hall.auth.sessions.endAll(user);
		await scene().portal.rights.changed({ sessionsOf: user });
		// Before the answer to whoever did it: nobody may publish any more.
		expect(await scene().portal.booths.state(scene().hall.booth)).toMatchObject({
			phase: { kind: 'empty' },
			participants: []
		});
		expect(await gone).toEqual({ code: 4001, reason: 'account_off' });
	});

	it('ends a signed-out page with 4001 and leaves the other devices of the same person alone', async () => {
		const { user, cookie } = await interpreter();
		const visit = { device: '', address: '192.0.2.8' };
		const other = await scene().hall.auth.sessions.start(user, visit);
		const [here, there] = [
			await scene().enter(cookie),
			await scene().enter(`${COOKIES.account}=${other}`)
		];
		const gone = sentAway(here);
		await scene().hall.auth.signOut(cookie);
		await scene().portal.rights.changed({ user });
		expect(await gone).toEqual({ code: 4001, reason: 'session_ended' });
		expect(there.closed).toBeNull();
		expect(there.socket.connected).toBe(true);
	});

	it('dismisses with 4003 who was taken out of the team', async () => {
		const { user, cookie } = await interpreter();
		const ana = await scene().enter(cookie);
		const gone = sentAway(ana);
		await scene().database.db.delete(memberships).where(eq(memberships.userId, user));
		await scene().portal.rights.changed({ user });
		expect(await gone).toEqual({ code: 4003, reason: 'role_changed' });
		await empty();
	});

	it('sends away the guests of a withdrawn invitation alone', async () => {
		const [ana, ben] = [await scene().interpreter('Ana'), await scene().interpreter('Ben')];
		const { db } = scene().database;
		const [invite] = await db.select().from(invites).where(eq(invites.label, 'Ana'));
		const mine = await db.select().from(invites);
		const newest = mine.filter(({ label }) => label === 'Ana').at(-1) ?? invite;
		if (!newest) throw new Error('no invitation');
		const gone = sentAway(ana);
		await db.update(invites).set({ revokedAt: new Date() }).where(eq(invites.id, newest.id));
		await scene().portal.rights.changed({ invite: newest.id });
		expect(await gone).toEqual({ code: 4001, reason: 'session_ended' });
		expect(ben.socket.connected).toBe(true);
	});

	it('empties the booths of an event that is deleted', async () => {
		const ana = await scene().interpreter('Ana');
		const { db } = scene().database;
		const [event] = await db.select().from(events).where(eq(events.slug, scene().hall.slug));
		if (!event) throw new Error('no event');
		const gone = sentAway(ana);
		await db.update(events).set({ deletedAt: new Date() }).where(eq(events.id, event.id));
		await scene().portal.rights.changed({ event: eventId(event.id) });
		expect(await gone).toEqual({ code: 4003, reason: 'booth_gone' });
	});

	it('takes the seat of a page whose connection is gone, too: its sound would keep it', async () => {
		const { user, cookie } = await interpreter();
		const ana = await scene().enter(cookie);
		await scene().goLive(ana);
		await ana.drop();
		await eventually('a lost seat', async () => {
			const state = await scene().portal.booths.state(scene().hall.booth);
			return state?.participants[0]?.presence.kind === 'lost';
		});
		await scene().hall.auth.sessions.endAll(user);
		await scene().portal.rights.changed({ sessionsOf: user });
		await empty();
	});

	it('lets nobody join by a connection from before', async () => {
		const { user, cookie } = await interpreter();
		const waiting = scene().page(cookie);
		await waiting.connect();
		const gone = sentAway(waiting);
		await scene().database.db.update(users).set({ isActive: false }).where(eq(users.id, user));
		await scene().portal.rights.changed({ user });
		expect((await gone)?.code).toBe(4001);
	});

	it.skipIf(kind.name === 'PGlite')('counts at the other portals of the database', async () => {
		const other = await scene().start();
		const { user, cookie } = await interpreter();
		const ana = await scene().enter(cookie, { at: other });
		const gone = sentAway(ana);
		await scene().hall.auth.sessions.endAll(user);
		await scene().portal.rights.changed({ sessionsOf: user });
		expect(await gone).toEqual({ code: 4001, reason: 'session_ended' });
		await empty();
	});
});
