import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserId } from '#lib/domain/ids.ts';
import type { By } from '#lib/server/accounts/directory.ts';
import { exportOwnData } from '#lib/server/accounts/own-data.ts';
import { USERS_PER_PAGE, type UserFilter } from '#lib/server/accounts/user-list.ts';
import { COOKIES } from '#lib/server/auth/auth.ts';
import { events, memberships, oneTimeSecrets, users } from '#lib/server/db/schema.ts';
import { accountsScene, PASSWORD, PHONE, type AccountsScene } from '../support/accounts.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { secretIn, startMailbox, type Mailbox } from '../support/mailbox.ts';

const HALF_MINUTE_MS = 30_000;
const FROM = { cookie: null, address: PHONE.address };

describeOnEachDatabase('changes of an account', (kind) => {
	let scene: AccountsScene;
	let mailbox: Mailbox;
	let accounts: AccountsScene['accounts'];
	let auth: AccountsScene['auth'];
	beforeAll(async () => {
		mailbox = await startMailbox();
		scene = accountsScene((await kind.open()).db, mailbox.url);
		({ accounts, auth } = scene);
	});
	afterAll(async () => {
		await accounts.idle();
		await mailbox.stop();
	});

	const asked = async (email: string): Promise<string> => {
		const answer = await accounts.signIn.password(email, PASSWORD, PHONE);
		if (!answer.ok || answer.value.kind === 'in') throw new Error('no code asked for');
		return answer.value.challenge;
	};
	const cookieOf = (header: string) => header.split('=')[1] ?? '';
	const rowOf = async (id: UserId) =>
		(await scene.db.select().from(users).where(eq(users.id, id)))[0];

	describe('the second factor', () => {
		it('is asked for after the password and after a link, and opens with the code of now', async () => {
			const ana = await scene.person('ana@factor.example');
			const { key } = await scene.secondFactor(ana);
			await accounts.links.ask('magic', 'ana@factor.example', 'en');
			const link = secretIn(await mailbox.letterTo('ana@factor.example'));
			const byLink = await accounts.links.magic(link, PHONE);
			expect(byLink).toMatchObject({ value: { kind: 'second-factor' } });
			const challenge = await asked('ana@factor.example');
			expect(await accounts.signIn.code(challenge, '000000', PHONE)).toMatchObject({
				error: { code: 'code_wrong' }
			});
			scene.jump(HALF_MINUTE_MS);
			const opened = await accounts.signIn.code(challenge, scene.codeOf(key), PHONE);
			if (!opened.ok) throw new Error(opened.error.code);
			const actor = await auth.actorFrom(`${COOKIES.account}=${opened.value}`);
			expect(actor).toMatchObject({ kind: 'user', user: ana });
			// A challenge opens one session.
			scene.jump(HALF_MINUTE_MS);
			expect(await accounts.signIn.code(challenge, scene.codeOf(key), PHONE)).toMatchObject({
				error: { code: 'challenge_over' }
			});
		});

		it('takes no code twice, not of two who send it at once, nor an older one', async () => {
			const ana = await scene.person('replay@factor.example');
			const { key } = await scene.secondFactor(ana);
			scene.jump(2 * HALF_MINUTE_MS);
			const older = scene.codeOf(key);
			scene.jump(HALF_MINUTE_MS);
			const code = scene.codeOf(key);
			const challenges = [
				await asked('replay@factor.example'),
				await asked('replay@factor.example')
			];
			const answers = await Promise.all(
				challenges.map((challenge) => accounts.signIn.code(challenge, code, PHONE))
			);
			expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
			const next = await asked('replay@factor.example');
			expect((await accounts.signIn.code(next, older, PHONE)).ok).toBe(false);
		});

		it('takes each recovery code once, as people type it', async () => {
			const ana = await scene.person('paper@factor.example');
			const { recovery } = await scene.secondFactor(ana);
			const typed = ` ${recovery[3]?.toLowerCase().replaceAll('-', ' ')}`;
			for (const ok of [true, false]) {
				const challenge = await asked('paper@factor.example');
				expect((await accounts.signIn.code(challenge, typed, PHONE)).ok).toBe(ok);
			}
			expect(await accounts.secondFactor.recoveryCodesLeft(ana)).toBe(9);
			await accounts.secondFactor.newRecoveryCodes(ana);
			const challenge = await asked('paper@factor.example');
			expect((await accounts.signIn.code(challenge, recovery[4] ?? '', PHONE)).ok).toBe(false);
		});

		it('takes the digits of an Arabic keyboard', async () => {
			const ana = await scene.person('arabic@factor.example');
			const { key } = await scene.secondFactor(ana);
			scene.jump(HALF_MINUTE_MS);
			const code = scene
				.codeOf(key)
				.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));
			expect(
				(await accounts.signIn.code(await asked('arabic@factor.example'), code, PHONE)).ok
			).toBe(true);
		});

		it('is not got round by a new password', async () => {
			const ana = await scene.person('reset@factor.example');
			await scene.secondFactor(ana);
			await accounts.links.ask('reset', 'reset@factor.example', 'en');
			const link = secretIn(await mailbox.letterTo('reset@factor.example'));
			expect(await accounts.links.reset(link, 'a brand new password', PHONE)).toMatchObject({
				value: { kind: 'second-factor' }
			});
		});
	});

	describe('by its owner', () => {
		it('a new password asks for the old one and signs the other devices out (hole 17)', async () => {
			const ana = await scene.person('ana@own.example');
			const [here, there] = [
				await scene.cookie('ana@own.example'),
				await scene.cookie('ana@own.example')
			];
			const from = { ...FROM, cookie: cookieOf(here) };
			expect(await accounts.own.confirm(ana, 'a wrong one', from)).toMatchObject({
				error: { code: 'credentials_wrong' }
			});
			expect((await accounts.own.confirm(ana, PASSWORD, from)).ok).toBe(true);
			await accounts.own.replacePassword(ana, 'a brand new password', {
				...{ keepSession: from.cookie, action: 'account.password_changed', address: FROM.address }
			});
			expect((await auth.actorFrom(here)).kind).toBe('user');
			expect((await auth.actorFrom(there)).kind).toBe('anonymous');
			expect(scene.told.at(-1)).toEqual({ sessionsOf: ana });
		});

		it('somebody without a password confirms by a sign-in of a moment ago', async () => {
			const ana = await scene.person('link@own.example', { password: null });
			const visit = await auth.sessions.start(ana, PHONE);
			const from = { ...FROM, cookie: visit };
			expect((await accounts.own.confirm(ana, '', from)).ok).toBe(true);
			scene.jump(16 * 60_000);
			expect(await accounts.own.confirm(ana, '', from)).toMatchObject({
				error: { code: 'sign_in_again' }
			});
		});

		it('a new address counts when its link is used, and the former one is told', async () => {
			const ana = await scene.person('old@own.example');
			await scene.person('taken@own.example');
			expect(await accounts.own.changeEmail(ana, 'New@own.example', 'en', FROM)).toEqual({
				ok: true,
				value: 'sent'
			});
			expect((await rowOf(ana))?.email).toBe('old@own.example');
			const link = secretIn(await mailbox.letterTo('new@own.example'));
			expect((await accounts.links.verify(link, PHONE)).ok).toBe(true);
			expect((await rowOf(ana))?.email).toBe('new@own.example');
			expect((await mailbox.letterTo('old@own.example')).text).toContain('new@own.example');
			// One that is taken is answered alike, and refused to whoever holds its mailbox.
			expect((await accounts.own.changeEmail(ana, 'taken@own.example', 'en', FROM)).ok).toBe(true);
			const other = secretIn(await mailbox.letterTo('taken@own.example'));
			expect(await accounts.links.verify(other, PHONE)).toMatchObject({
				error: { code: 'email_taken' }
			});
		});

		it('sessions are listed and ended one by one, nobody else’s among them', async () => {
			const ana = await scene.person('one@own.example');
			const eve = await scene.person('eve@own.example');
			const [here, there] = [
				await scene.cookie('one@own.example'),
				await scene.cookie('one@own.example')
			];
			const list = await auth.sessions.list(ana, cookieOf(here));
			expect(list.map(({ isThisOne }) => isThisOne).sort()).toEqual([false, true]);
			expect(list[0]).toMatchObject({ device: PHONE.device, address: PHONE.address });
			const other = list.find(({ isThisOne }) => !isThisOne)?.handle ?? '';
			expect(await accounts.own.endSession(eve, other, FROM)).toBe(false);
			expect(await accounts.own.endSession(ana, '%', FROM)).toBe(false);
			expect(await accounts.own.endSession(ana, other, FROM)).toBe(true);
			expect((await auth.actorFrom(there)).kind).toBe('anonymous');
			expect((await auth.actorFrom(here)).kind).toBe('user');
		});

		it('its data is told without a secret, and goes with the account (hole 61)', async () => {
			const ana = await scene.person('gone@own.example');
			const header = await scene.cookie('gone@own.example');
			const { key } = await scene.secondFactor(ana);
			const data = JSON.stringify(await exportOwnData(scene.db, ana));
			expect(data).toContain('gone@own.example');
			const row = await rowOf(ana);
			for (const secret of [key, row?.passwordHash, row?.totpSecretEncrypted, cookieOf(header)])
				expect(data).not.toContain(secret);
			expect((await accounts.own.remove(ana, FROM)).ok).toBe(true);
			expect((await auth.actorFrom(header)).kind).toBe('anonymous');
			expect(await rowOf(ana)).toBeUndefined();
			const left = await scene.db
				.select()
				.from(oneTimeSecrets)
				.where(eq(oneTimeSecrets.userId, ana));
			expect(left).toEqual([]);
		});

		it('the only owner of an event stays until there is another one', async () => {
			const ana = await scene.person('owner@own.example');
			const ben = await scene.person('second@own.example');
			const [event] = await scene.db
				.insert(events)
				.values({ slug: 'owned', displayName: 'Owned' })
				.returning();
			if (!event) throw new Error('no event');
			const own = (userId: UserId) =>
				scene.db.insert(memberships).values({ userId, eventId: event.id, role: 'owner' });
			await own(ana);
			expect(await accounts.own.remove(ana, FROM)).toMatchObject({
				error: { code: 'last_owner', events: ['Owned'] }
			});
			await own(ben);
			expect((await accounts.own.remove(ana, FROM)).ok).toBe(true);
		});
	});

	describe('registration', () => {
		it('makes the account by the button behind the link, and not before', async () => {
			await accounts.links.register('new@register.example', ' Neu ', 'de');
			const link = secretIn(await mailbox.letterTo('new@register.example'));
			expect(await accounts.links.look('verify', link)).toMatchObject({ kind: 'register' });
			const before = await scene.db
				.select()
				.from(users)
				.where(eq(users.email, 'new@register.example'));
			expect(before).toEqual([]);
			const made = await accounts.links.verify(link, PHONE);
			if (!made.ok || made.value.kind !== 'registered' || made.value.step.kind !== 'in')
				throw new Error('not in');
			const actor = await auth.actorFrom(`${COOKIES.account}=${made.value.step.cookie}`);
			expect(actor).toMatchObject({ kind: 'user', name: 'Neu', grants: [] });
			expect((await accounts.links.verify(link, PHONE)).ok).toBe(false);
		});
	});

	describe('by a super admin', () => {
		let by: By;
		beforeAll(async () => {
			await scene.db.update(users).set({ isAdmin: false });
			await scene.person('boss@admin.example', { admin: true });
			const actor = await auth.actorFrom(await scene.cookie('boss@admin.example'));
			by = { actor, address: PHONE.address };
		});
		const user = async (id: string) => {
			const found = await accounts.directory.user(id);
			if (!found.ok) throw new Error(found.error.code);
			return found.value;
		};
		const list = (filter: Partial<UserFilter>) =>
			accounts.directory.list({
				...{ search: '', only: 'all', sort: 'name', descending: false, page: 1 },
				...filter
			});

		it('two who take the right from each other at once leave one (hole 61)', async () => {
			const other = await scene.person('second@admin.example', { admin: true });
			const both = [await user(other), (await list({ search: 'boss@' })).rows[0]];
			const answers = await Promise.all(
				both.map((one) => {
					if (!one) throw new Error('nobody');
					return accounts.directory.setAdmin(one, false, by);
				})
			);
			expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
			const left = await list({ only: 'admins' });
			expect(left.rows).toHaveLength(1);
			const [last] = left.rows;
			if (!last) throw new Error('nobody');
			for (const refused of [
				await accounts.directory.setActive(last, false, by),
				await accounts.directory.setAdmin(last, false, by),
				await accounts.own.remove(last.id, FROM)
			])
				expect(refused).toMatchObject({ error: { code: 'last_admin' } });
		});

		it('makes accounts whose owners choose the password, by mail or by a link shown once', async () => {
			const input = { name: 'Mia', isAdmin: false, mayCreateEvents: true };
			const mailed = await accounts.directory.create(
				{ ...input, email: 'mailed@admin.example' },
				...(['mail', 'de', by] as const)
			);
			expect(mailed).toMatchObject({ ok: true, value: { link: null } });
			expect((await mailbox.letterTo('mailed@admin.example')).subject).toBe('Ein Konto für dich');
			const shown = await accounts.directory.create(
				{ ...input, email: 'shown@admin.example' },
				...(['link', 'en', by] as const)
			);
			if (!shown.ok || !shown.value.link) throw new Error('no link');
			// Hole 22: whoever is invited has two weeks, not a quarter of an hour.
			scene.jump(13 * 86_400_000);
			const secret = shown.value.link.split('/').at(-1) ?? '';
			const step = await accounts.links.reset(secret, 'a brand new password', PHONE);
			if (!step.ok || step.value.kind !== 'in') throw new Error('not in');
			expect(await auth.actorFrom(`${COOKIES.account}=${step.value.cookie}`)).toMatchObject({
				grants: [{ role: 'organiser', at: 'platform' }]
			});
			const again = await accounts.directory.create(
				{ ...input, email: 'SHOWN@admin.example' },
				...(['link', 'en', by] as const)
			);
			expect(again).toMatchObject({ error: { code: 'email_taken' } });
		});

		it('hands the link over when the mail server does not take the letter', async () => {
			const broken = accountsScene(scene.db, 'smtp://127.0.0.1:1');
			const input = { email: 'no-mail@admin.example', name: 'x' };
			const made = await broken.accounts.directory.create(
				{ ...input, isAdmin: false, mayCreateEvents: false },
				...(['mail', 'en', by] as const)
			);
			expect(made).toMatchObject({ ok: true, value: { link: expect.stringContaining('/reset/') } });
		});

		it('searches, sorts and pages whatever is typed (hole 45)', async () => {
			const rows = Array.from({ length: USERS_PER_PAGE + 5 }, (_, n) => ({
				id: crypto.randomUUID(),
				email: `many-${String(n).padStart(3, '0')}@list.example`,
				displayName: n === 7 ? '100%_sure' : `Many ${n}`
			}));
			await scene.db.insert(users).values(rows);
			const first = await list({ search: '@list.example', sort: 'email' });
			expect([first.rows.length, first.total]).toEqual([USERS_PER_PAGE, rows.length]);
			const second = await list({ search: '@LIST.example', sort: 'email', page: 2 });
			expect(second.rows.map(({ email }) => email)).toEqual(
				rows.slice(USERS_PER_PAGE).map(({ email }) => email)
			);
			expect((await list({ search: '%_' })).rows.map(({ name }) => name)).toEqual(['100%_sure']);
			expect((await list({ search: '\\' })).rows).toEqual([]);
			for (const sort of ['name', 'email', 'created', 'seen', 'memberships'] as const)
				for (const descending of [true, false])
					expect((await list({ sort, descending })).rows.length).toBeGreaterThan(0);
		});
	});
});
