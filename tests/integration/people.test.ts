import { and, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import {
	can,
	canSomewhereIn,
	type Actor,
	type Role,
	type Scope
} from '#lib/domain/access/policy.ts';
import { eventId, personId, type UserId } from '#lib/domain/ids.ts';
import { createAudit, type Audit } from '#lib/server/audit/audit.ts';
import { COOKIES, createAuth, type Auth } from '#lib/server/auth/auth.ts';
import type { Db } from '#lib/server/db/database.ts';
import { booths, events, memberships, rooms } from '#lib/server/db/schema.ts';
import { createEvents, type Events, type FoundEvent } from '#lib/server/events/events.ts';
import { createLog } from '#lib/server/log.ts';
import { createListenerDoor, type ListenerDoor } from '#lib/server/people/access.ts';
import { createInvitations, type Invitations } from '#lib/server/people/invitations.ts';
import { createMembers, type By, type Members } from '#lib/server/people/members.ts';
import { placesOf, sightOf, type Places } from '#lib/server/people/places.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const SECRET = 'a secret of at least thirty-two characters';
const DAY_MS = 24 * 3_600_000;
const LOG = createLog('silent');
const EVERYTHING = { event: null, search: '', action: null, since: null, until: null };

describeOnEachDatabase('people of an event', (kind) => {
	let db: Db;
	let auth: Auth;
	let found: Events;
	let audit: Audit;
	let members: Members;
	let invitations: Invitations;
	let door: ListenerDoor;
	let event: FoundEvent;
	let foreign: FoundEvent;
	let places: Places;
	let time = Date.now();
	const told: object[] = [];

	beforeAll(async () => {
		({ db } = await kind.open());
		const now = () => time;
		auth = createAuth(db, { secret: SECRET, adminPassword: null }, now);
		found = createEvents(db);
		audit = createAudit(db, LOG);
		const rights = { changed: async (what: object) => void told.push(what) };
		members = createMembers({ db, audit, rights });
		invitations = createInvitations({ db, audit, rights, now });
		door = createListenerDoor({ db, audit, rights, log: LOG, now });
		event = await makeEvent('one');
		foreign = await makeEvent('two');
		places = await placesOf(found, event);
	});

	async function makeEvent(slug: string): Promise<FoundEvent> {
		const [row] = await db
			.insert(events)
			.values({ slug, displayName: slug, listenerJoinCode: slug === 'one' ? 'ABC234' : 'XYZ789' })
			.returning();
		const id = row?.id ?? 0;
		for (const [position, name] of ['main', 'side'].entries()) {
			const [room] = await db
				.insert(rooms)
				.values({ eventId: id, slug: name, displayName: name, isMain: position === 0, position })
				.returning();
			for (const languageCode of ['fr', 'de'])
				await db.insert(booths).values({ eventId: id, roomId: room?.id ?? 0, languageCode });
		}
		const made = await found.event(slug);
		if (!made.ok) throw new Error('no event');
		return made.value;
	}

	let accounts = 0;
	async function account(name: string): Promise<UserId> {
		const email = `${name}${accounts++}@example.org`;
		const made = await auth.createAccount({ email, name, password: null });
		if (!made.ok) throw new Error(made.error.code);
		return made.value;
	}
	/** An account with a role, as the database knows it. */
	async function holder(name: string, role: Role, at: Scope): Promise<Actor> {
		const user = await account(name);
		await db.insert(memberships).values({
			...{ userId: user, eventId: at.event, role },
			...{ roomId: at.room ?? null, boothId: at.booth ?? null }
		});
		const actor = await auth.actorOf(personId(`user:${user}`));
		if (actor === null) throw new Error('no actor');
		return actor;
	}
	const by = (actor: Actor): By => ({ actor, address: '203.0.113.9' });
	const userOf = (actor: Actor): UserId => {
		if (actor.kind === 'anonymous' || actor.user === null) throw new Error('no account');
		return actor.user;
	};
	const place = (room: string, language: string | null = null): Scope => {
		const at = places.all.find((one) => one.room?.slug === room && one.language === language);
		if (!at) throw new Error(`no ${room} ${language}`);
		return at.scope;
	};
	const again = async (actor: Actor) =>
		actor.kind === 'anonymous' ? actor : ((await auth.actorOf(actor.person)) ?? actor);
	const membershipOf = async (user: UserId, at: FoundEvent = event): Promise<number> => {
		const [row] = await db
			.select()
			.from(memberships)
			.where(and(eq(memberships.userId, user), eq(memberships.eventId, at.id)));
		return row?.id ?? 0;
	};
	const lastAct = async () => (await audit.page(EVERYTHING, null, 1)).rows[0];

	describe('members', () => {
		it('get a role from somebody who has it, and it is written down', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const user = await account('ines');
			const at = place('main', 'fr');
			expect(await members.put(by(owner), at, user, 'interpreter')).toMatchObject({
				value: 'added'
			});
			expect(await members.put(by(owner), at, user, 'interpreter')).toMatchObject({
				value: 'same'
			});
			const actor = await auth.actorOf(personId(`user:${user}`));
			expect(actor && can(actor, 'booth:interpret', at)).toBe(true);
			expect(actor && can(actor, 'booth:view', place('main', 'de'))).toBe(false);
			expect(await lastAct()).toMatchObject({
				...{ action: 'member.added', actorName: 'olga', address: '203.0.113.9' },
				details: { role: 'interpreter' }
			});
		});

		it('a coordinator gives and takes roles in their own room alone', async () => {
			const carl = await holder('carl', 'coordinator', place('main'));
			const user = await account('ines');
			expect((await members.put(by(carl), place('main'), user, 'coordinator')).ok).toBe(true);
			for (const [at, role] of [
				[place('side'), 'interpreter'],
				[place('side', 'fr'), 'interpreter'],
				[event.scope, 'coordinator'],
				[event.scope, 'owner'],
				[foreign.scope, 'support']
			] as const)
				expect(await members.put(by(carl), at, user, role)).toMatchObject({
					error: { code: 'not_allowed' }
				});
			const outsider = await holder('otto', 'interpreter', place('side'));
			const id = await membershipOf(userOf(outsider));
			expect(await members.remove(by(carl), event.id, id)).toMatchObject({
				error: { code: 'not_allowed' }
			});
			expect(await members.change(by(carl), event.id, id, 'support')).toMatchObject({
				error: { code: 'not_allowed' }
			});
			const { rows } = await members.list(event.id, sightOf(carl, event, places), '', PAGE);
			expect(rows.length).toBeGreaterThan(0);
			expect(new Set(rows.map(({ roomId }) => roomId))).toEqual(new Set([place('main').room]));
		});

		it('nobody makes themselves or others more than they are', async () => {
			const sue = await holder('sue', 'support', event.scope);
			const own = await membershipOf(userOf(sue));
			expect((await members.change(by(sue), event.id, own, 'owner')).ok).toBe(false);
			expect((await members.put(by(sue), event.scope, userOf(sue), 'owner')).ok).toBe(false);
		});

		it('a membership of another event is not found by its id', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const elsewhere = await holder('fay', 'coordinator', foreign.scope);
			const id = await membershipOf(userOf(elsewhere), foreign);
			for (const done of [
				await members.remove(by(owner), event.id, id),
				await members.change(by(owner), event.id, id, 'support'),
				await members.remove(by(owner), foreign.id, id)
			])
				expect(done.ok).toBe(false);
			expect(await membershipOf(userOf(elsewhere), foreign)).toBe(id);
		});

		it('the last owner cannot go, not even two at the same moment', async () => {
			const lone = await makeEvent('lone');
			const one = await holder('one', 'owner', lone.scope);
			const two = await holder('two', 'owner', lone.scope);
			const [first, second] = [
				await membershipOf(userOf(one), lone),
				await membershipOf(userOf(two), lone)
			];
			const left = await Promise.all([
				members.remove(by(one), lone.id, first),
				members.change(by(two), lone.id, second, 'support')
			]);
			expect(left.filter((done) => done.ok)).toHaveLength(1);
			const refused = left.find((done) => !done.ok);
			expect(refused).toMatchObject({ error: { code: 'last_owner' } });
		});

		it('removal counts at once and tells the open pages', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const ines = await holder('ines', 'interpreter', place('main', 'fr'));
			const id = await membershipOf(userOf(ines));
			expect((await members.remove(by(owner), event.id, id)).ok).toBe(true);
			expect(told).toContainEqual({ user: userOf(ines) });
			expect(canSomewhereIn(await again(ines), 'event:view', event.id)).toBe(false);
		});

		it('are searched literally and paged', async () => {
			const owner = await holder('olga', 'owner', foreign.scope);
			for (let n = 0; n < 5; n++) await holder(`zoe ${n}`, 'support', foreign.scope);
			const seen = await members.list(foreign.id, 'all', 'ZOE', { offset: 2, limit: 2 });
			expect(seen).toMatchObject({ total: 5, rows: [{ name: 'zoe 2' }, { name: 'zoe 3' }] });
			expect((await members.list(foreign.id, 'all', '%', PAGE)).total).toBe(0);
			expect(owner.kind).toBe('user');
		});
	});

	describe('invitations', () => {
		const wish = { role: 'interpreter', label: 'Léa', email: null, maxUses: 1, days: 14 } as const;

		it('carry no more than their maker has, for a place of theirs', async () => {
			const carl = await holder('carl', 'coordinator', place('main'));
			expect((await invitations.make(by(carl), place('main', 'fr'), wish)).ok).toBe(true);
			for (const [at, role] of [
				[place('side', 'fr'), 'interpreter'],
				[event.scope, 'listener'],
				[place('main'), 'owner'],
				[foreign.scope, 'interpreter']
			] as const)
				expect(await invitations.make(by(carl), at, { ...wish, role })).toMatchObject({
					error: { code: 'not_allowed' }
				});
		});

		it('say who came by them and when; withdrawn ones end their guests', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const made = await invitations.make(by(owner), place('main', 'fr'), wish);
			if (!made.ok) throw new Error(made.error.code);
			const guest = await auth.invites.redeem(made.value.secret, 'Léa Martin');
			if (!guest.ok) throw new Error(guest.error.code);
			const { rows } = await invitations.list(event.id, 'all', 'Léa', PAGE);
			expect(rows.find(({ id }) => id === made.value.id)).toMatchObject({
				...{ status: 'used', uses: 1, madeBy: 'olga' },
				usedBy: [{ name: 'Léa Martin', at: new Date(time) }]
			});
			const cookie = `${COOKIES.guest}=${guest.value.cookie}`;
			expect((await auth.actorFrom(cookie)).kind).toBe('guest');
			expect((await invitations.revoke(by(owner), event.id, made.value.id)).ok).toBe(true);
			expect((await auth.actorFrom(cookie)).kind).toBe('anonymous');
			expect(told).toContainEqual({ invite: made.value.id });
			expect(await invitations.remake(by(owner), event.id, made.value.id)).toMatchObject({
				error: { code: 'invite_revoked' }
			});
		});

		it('get a new link that ends the old one, and keep their guests', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const made = await invitations.make(by(owner), place('main', 'de'), { ...wish, days: 2 });
			if (!made.ok) throw new Error(made.error.code);
			const guest = await auth.invites.redeem(made.value.secret, 'Max');
			if (!guest.ok) throw new Error(guest.error.code);
			time += DAY_MS;
			const remade = await invitations.remake(by(owner), event.id, made.value.id);
			if (!remade.ok) throw new Error(remade.error.code);
			expect(remade.value.expiresAt.getTime()).toBe(time + 2 * DAY_MS);
			expect((await auth.invites.describe(made.value.secret)).ok).toBe(false);
			expect((await auth.invites.redeem(remade.value.secret, 'Mia')).ok).toBe(true);
			const old = await auth.actorFrom(`${COOKIES.guest}=${guest.value.cookie}`);
			expect(old.kind).toBe('guest');
		});

		it('of another event or place are not found or not theirs', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const fay = await holder('fay', 'owner', foreign.scope);
			const made = await invitations.make(by(fay), foreign.scope, { ...wish, role: 'support' });
			if (!made.ok) throw new Error(made.error.code);
			for (const act of [invitations.revoke, invitations.remake]) {
				expect((await act(by(owner), event.id, made.value.id)).ok).toBe(false);
				expect((await act(by(owner), foreign.id, made.value.id)).ok).toBe(false);
				expect((await act(by(owner), event.id, 'x; drop')).ok).toBe(false);
			}
			expect((await auth.invites.describe(made.value.secret)).ok).toBe(true);
		});

		it('give an account the role for good, once, and take none away', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const many = { ...wish, role: 'support', maxUses: 2 } as const;
			const made = await invitations.make(by(owner), event.scope, many);
			if (!made.ok) throw new Error(made.error.code);
			const user = await account('sam');
			expect((await auth.invites.accept(made.value.secret, user, 'sam')).ok).toBe(true);
			const actor = await auth.actorOf(personId(`user:${user}`));
			expect(actor && can(actor, 'event:view', event.scope)).toBe(true);
			for (const who of [user, userOf(owner)])
				expect(await auth.invites.accept(made.value.secret, who, 'x')).toMatchObject({
					error: { code: 'already_member' }
				});
			expect(can(await again(owner), 'event:people', event.scope)).toBe(true);
			const { rows } = await invitations.list(event.id, 'all', '', PAGE);
			expect(rows.find(({ id }) => id === made.value.id)).toMatchObject({ uses: 1 });
		});

		it('to own an event need an account', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const made = await invitations.make(by(owner), event.scope, { ...wish, role: 'owner' });
			if (!made.ok) throw new Error(made.error.code);
			expect(await auth.invites.redeem(made.value.secret, 'Eve')).toMatchObject({
				error: { code: 'account_needed' }
			});
			const user = await account('new owner');
			expect((await auth.invites.accept(made.value.secret, user, 'x')).ok).toBe(true);
		});
	});

	describe('the way in for listeners', () => {
		const login = async (code: string) => auth.listenerLogin(event.id, code);
		const codeNow = async () => (await door.settings(event.id)).code ?? '';

		it('a new code leaves those who are in alone; the old one opens for 15 minutes', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const old = await codeNow();
			const cookie = await login(old);
			if (!cookie.ok) throw new Error(cookie.error.code);
			const header = `${COOKIES.listener(event.id)}=${cookie.value}`;
			await door.rotate(by(owner), event.id);
			const fresh = await codeNow();
			expect(fresh).toMatch(/^[ABCDEFGHJKMNPQRSTUVWXYZ23456789]{6}$/);
			expect(fresh).not.toBe(old);
			expect((await login(old)).ok).toBe(true);
			expect((await auth.eventOfJoinCode(old)).ok).toBe(true);
			time += 15 * 60_000;
			expect((await login(old)).ok).toBe(false);
			expect((await auth.eventOfJoinCode(old)).ok).toBe(false);
			expect((await login(fresh)).ok).toBe(true);
			expect((await auth.actorFrom(header)).kind).toBe('listener');
			expect(JSON.stringify(await lastAct())).not.toContain(fresh);
		});

		it('everybody anew: the old code and those who came by it are out at once', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const old = await codeNow();
			const cookie = await login(old);
			if (!cookie.ok) throw new Error(cookie.error.code);
			await door.rotate(by(owner), event.id, true);
			expect((await login(old)).ok).toBe(false);
			const header = `${COOKIES.listener(event.id)}=${cookie.value}`;
			expect((await auth.actorFrom(header)).kind).toBe('anonymous');
			expect(told).toContainEqual({ event: event.id });
		});

		it('codes change by themselves after their hours, once for all portals', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			await door.change(by(owner), event.id, { access: 'code', everyHours: 2 });
			const old = await codeNow();
			expect(await door.rotateDue()).toBe(0);
			time += 2 * 3_600_000;
			await Promise.all([door.rotateDue(), door.rotateDue()]);
			const fresh = await codeNow();
			expect(fresh).not.toBe(old);
			// The one before is the one that everybody knew, not one that a second portal made in between.
			expect((await login(old)).ok).toBe(true);
			expect(await lastAct()).toMatchObject({ action: 'access.code_rotated', actorKind: 'portal' });
		});

		it('invite only: no code opens, and those who came by one are told', async () => {
			const owner = await holder('olga', 'owner', event.scope);
			const code = await codeNow();
			told.length = 0;
			await door.change(by(owner), event.id, { access: 'invite', everyHours: null });
			expect((await login(code)).ok).toBe(false);
			expect((await auth.eventOfJoinCode(code)).ok).toBe(false);
			expect(told).toEqual([{ event: event.id }]);
			const before = eventId(event.id);
			await door.change(by(owner), before, { access: 'invite', everyHours: null });
			expect(told).toHaveLength(1);
		});
	});
});

const PAGE = { offset: 0, limit: 50 };
