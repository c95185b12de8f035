import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { can } from '#lib/domain/access/policy.ts';
import { createAuth, COOKIES, type Auth } from '#lib/server/auth/auth.ts';
import type { Db } from '#lib/server/db/database.ts';
import { createEvents, mayListen, type FoundBooth } from '#lib/server/events/events.ts';
import { booths, events, guests, invites, rooms, sessions, users } from '#lib/server/db/schema.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const SECRET = 'a secret of at least thirty-two characters';
const PASSWORD = 'correct horse battery';

async function makeBooth(db: Db, slug: string, joinCode: string): Promise<FoundBooth> {
	const [event] = await db
		.insert(events)
		.values({ slug, displayName: slug, listenerJoinCode: joinCode })
		.returning();
	if (!event) throw new Error('no event');
	const [room] = await db
		.insert(rooms)
		.values({ eventId: event.id, slug: 'main', displayName: 'Main', isMain: true })
		.returning();
	if (!room) throw new Error('no room');
	await db.insert(booths).values({ eventId: event.id, roomId: room.id, languageCode: 'fr' });
	const found = await createEvents(db).booth({ event: slug, room: null, language: 'FR' });
	if (!found.ok) throw new Error('no booth');
	return found.value;
}

describeOnEachDatabase('sign-in', (kind) => {
	let db: Db;
	let auth: Auth;
	let booth: FoundBooth;
	let other: FoundBooth;
	let time = Date.now();

	beforeAll(async () => {
		({ db } = await kind.open());
		auth = createAuth(db, { secret: SECRET, adminPassword: 'admin password' }, () => time);
		booth = await makeBooth(db, 'one', 'ABC234');
		other = await makeBooth(db, 'two', 'XYZ789');
	});

	const account = async (email: string) => {
		const made = await auth.createAccount({ email, name: 'Ana', password: PASSWORD });
		if (!made.ok) throw new Error(made.error.message);
		return made.value;
	};
	const cookie = async (email: string, password = PASSWORD): Promise<string> => {
		const owner = await auth.passwordOwner(email, password);
		if (!owner.ok) throw new Error(owner.error.code);
		const visit = { device: 'a browser', address: '192.0.2.7' };
		return `${COOKIES.account}=${await auth.sessions.start(owner.value, visit)}`;
	};
	const invite = (maxUses: number | null, days = 1) =>
		auth.invites.create({
			event: booth.event.id,
			room: booth.room.id,
			booth: booth.booth.id,
			role: 'interpreter',
			label: 'French booth',
			maxUses,
			expiresAt: new Date(time + days * 86_400_000),
			createdBy: null
		});

	describe('accounts', () => {
		it('knows nobody without a cookie, and nobody by an invented one', async () => {
			expect((await auth.actorFrom(null)).kind).toBe('anonymous');
			for (const name of ['user_token', 'session_token', 'admin_token', 'listener_token_1'])
				expect((await auth.actorFrom(`${name}=invented`)).kind).toBe('anonymous');
		});

		it('gives the same answer for a wrong password and for an unknown address', async () => {
			await account('ana@example.org');
			const wrong = await auth.passwordOwner('ana@example.org', 'wrong password');
			const unknown = await auth.passwordOwner('nobody@example.org', 'wrong password');
			expect(wrong).toEqual(unknown);
			expect(wrong.ok).toBe(false);
		});

		it('takes an address in any case, and refuses it a second time', async () => {
			await account('Case@Example.org');
			expect((await auth.actorFrom(await cookie(' case@example.ORG '))).kind).toBe('user');
			const again = await auth.createAccount({
				email: 'CASE@example.org',
				name: 'x',
				password: null
			});
			expect(again).toMatchObject({ ok: false, error: { code: 'email_taken' } });
		});

		it('survives a password of a megabyte', async () => {
			expect((await auth.passwordOwner('ana@example.org', 'x'.repeat(1_000_000))).ok).toBe(false);
		});

		it('keeps no cookie value in the database', async () => {
			await account('hash@example.org');
			const value = (await cookie('hash@example.org')).split('=')[1];
			const rows = await db.select().from(sessions);
			expect(rows.length).toBeGreaterThan(0);
			expect(JSON.stringify(rows)).not.toContain(value);
		});

		it('stops knowing a deactivated person at once', async () => {
			const id = await account('gone@example.org');
			const header = await cookie('gone@example.org');
			expect((await auth.actorFrom(header)).kind).toBe('user');
			await db.update(users).set({ isActive: false }).where(eq(users.id, id));
			expect((await auth.actorFrom(header)).kind).toBe('anonymous');
			expect((await auth.passwordOwner('gone@example.org', PASSWORD)).ok).toBe(false);
		});

		it('ends a session at sign-out', async () => {
			await account('out@example.org');
			const header = await cookie('out@example.org');
			await auth.signOut(header);
			expect((await auth.actorFrom(header)).kind).toBe('anonymous');
		});
	});

	describe('invitations', () => {
		it('let an invited person into their own booth and no other', async () => {
			const redeemed = await auth.invites.redeem(await invite(null), 'Léa');
			if (!redeemed.ok) throw new Error(redeemed.error.code);
			const actor = await auth.actorFrom(`${COOKIES.guest}=${redeemed.value.cookie}`);
			expect(actor).toMatchObject({ kind: 'guest', name: 'Léa' });
			expect(can(actor, 'booth:interpret', booth.scope)).toBe(true);
			expect(can(actor, 'booth:coordinate', booth.scope)).toBe(false);
			expect(can(actor, 'booth:view', other.scope)).toBe(false);
		});

		it('are not used up by being looked at', async () => {
			const secret = await invite(1);
			expect((await auth.invites.describe(secret)).ok).toBe(true);
			expect((await auth.invites.describe(secret)).ok).toBe(true);
			expect((await auth.invites.redeem(secret, 'One')).ok).toBe(true);
			expect(await auth.invites.redeem(secret, 'Two')).toMatchObject({
				error: { code: 'invite_used' }
			});
		});

		it('are never used more often than allowed, even at once', async () => {
			const secret = await invite(3);
			const answers = await Promise.all(
				Array.from({ length: 10 }, (_, n) => auth.invites.redeem(secret, `P${n}`))
			);
			expect(answers.filter((answer) => answer.ok)).toHaveLength(3);
		});

		it('end when they expire or are withdrawn, and end their guests too', async () => {
			const secret = await invite(null, 2);
			const redeemed = await auth.invites.redeem(secret, 'Léa');
			if (!redeemed.ok) throw new Error(redeemed.error.code);
			const header = `${COOKIES.guest}=${redeemed.value.cookie}`;
			await db
				.update(invites)
				.set({ revokedAt: new Date(time) })
				.where(eq(invites.id, redeemed.value.invite.id));
			expect((await auth.actorFrom(header)).kind).toBe('anonymous');
			expect(await auth.invites.redeem(secret, 'x')).toMatchObject({
				error: { code: 'invite_revoked' }
			});

			const short = await invite(null, 1);
			const guest = await auth.invites.redeem(short, 'Max');
			if (!guest.ok) throw new Error(guest.error.code);
			time += 86_400_001;
			expect((await auth.actorFrom(`${COOKIES.guest}=${guest.value.cookie}`)).kind).toBe(
				'anonymous'
			);
			expect(await auth.invites.describe(short)).toMatchObject({
				error: { code: 'invite_expired' }
			});
		});

		it('keep neither the link nor the cookie in the database', async () => {
			const secret = await invite(null);
			const redeemed = await auth.invites.redeem(secret, 'Léa');
			if (!redeemed.ok) throw new Error(redeemed.error.code);
			const stored = JSON.stringify([
				await db.select().from(invites),
				await db.select().from(guests)
			]);
			expect(stored).not.toContain(secret);
			expect(stored).not.toContain(redeemed.value.cookie);
		});
	});

	describe('listeners', () => {
		it('come in by the code as people type it, to that event alone', async () => {
			const answer = await auth.listenerLogin(booth.event.id, ' abc-234 ');
			if (!answer.ok) throw new Error(answer.error.code);
			const actor = await auth.actorFrom(`${COOKIES.listener(booth.event.id)}=${answer.value}`);
			expect(mayListen(actor, booth.event)).toBe(true);
			expect(mayListen(actor, other.event)).toBe(false);
			expect(can(actor, 'booth:view', booth.scope)).toBe(false);
			// The same value under the other event's cookie name opens nothing.
			const moved = await auth.actorFrom(`${COOKIES.listener(other.event.id)}=${answer.value}`);
			expect(moved.kind).toBe('anonymous');
		});

		it('are out when everybody has to come in anew', async () => {
			const answer = await auth.listenerLogin(other.event.id, 'XYZ789');
			if (!answer.ok) throw new Error(answer.error.code);
			const header = `${COOKIES.listener(other.event.id)}=${answer.value}`;
			expect(mayListen(await auth.actorFrom(header), other.event)).toBe(true);
			await db
				.update(events)
				.set({ listenerJoinCode: 'NEW234', listenerEpoch: 1 })
				.where(eq(events.id, other.event.id));
			expect(mayListen(await auth.actorFrom(header), other.event)).toBe(false);
		});

		it('get a refusal for a wrong code', async () => {
			expect(await auth.listenerLogin(booth.event.id, 'WRONG2')).toMatchObject({
				error: { code: 'join_code_wrong' }
			});
		});
	});

	describe('the shared admin password', () => {
		it('opens everything, and a changed password ends what the former one opened', async () => {
			const answer = await auth.adminLogin('admin password');
			if (!answer.ok) throw new Error(answer.error.code);
			const header = `${COOKIES.admin}=${answer.value}`;
			expect(can(await auth.actorFrom(header), 'platform:manage', 'platform')).toBe(true);
			const changed = createAuth(db, { secret: SECRET, adminPassword: 'another one' });
			expect((await changed.actorFrom(header)).kind).toBe('anonymous');
		});

		it('is off when there is none, for every password', async () => {
			const off = createAuth(db, { secret: SECRET, adminPassword: null });
			for (const password of ['', 'null', 'admin password'])
				expect(await off.adminLogin(password)).toMatchObject({
					error: { code: 'admin_login_off' }
				});
		});
	});
});
