import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserId } from '#lib/domain/ids.ts';
import type { Result } from '#lib/domain/result.ts';
import { LETTERS_PER_ADDRESS } from '#lib/server/accounts/links.ts';
import type { SignInStep } from '#lib/server/accounts/sign-in.ts';
import { attemptKey } from '#lib/server/auth/attempts.ts';
import { COOKIES } from '#lib/server/auth/auth.ts';
import { auditLog, oneTimeSecrets, recoveryCodes, sessions, users } from '#lib/server/db/schema.ts';
import {
	accountsScene,
	BASE_URL,
	PASSWORD,
	PHONE,
	type AccountsScene
} from '../support/accounts.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { linkIn, secretIn, startMailbox, type Mailbox } from '../support/mailbox.ts';

const MINUTE_MS = 60_000;
const FROM_PHONE = { cookie: null, address: PHONE.address };

describeOnEachDatabase('accounts', (kind) => {
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

	const rowOf = async (user: UserId) => {
		const [row] = await scene.db.select().from(users).where(eq(users.id, user));
		if (!row) throw new Error('no account');
		return row;
	};
	const whoIs = async (step: Result<SignInStep>) => {
		if (!step.ok) return step.error.code;
		if (step.value.kind !== 'in') return step.value.kind;
		const actor = await auth.actorFrom(`${COOKIES.account}=${step.value.cookie}`);
		return actor.kind === 'user' ? actor.user : actor.kind;
	};
	/** Asks for a link and reads it in the letter. */
	const linkFor = async (what: 'magic' | 'reset', email: string): Promise<string> => {
		const before = mailbox.letters.filter(({ to }) => to === email).length;
		await accounts.links.ask(what, email, 'en');
		return secretIn(await mailbox.letterTo(email, before + 1));
	};

	describe('links by mail', () => {
		it('sign in once, after a button is pressed, in the reader’s language', async () => {
			const ana = await scene.person('ana@link.example');
			await accounts.links.ask('magic', ' Ana@Link.example ', 'de');
			const letter = await mailbox.letterTo('ana@link.example');
			expect(letter.subject).toBe('Dein Link zum Anmelden');
			expect(linkIn(letter)).toMatch(new RegExp(`^${BASE_URL}/magic/[\\w-]{43}$`));
			const secret = secretIn(letter);
			// Hole 20: opening the link, as mail scanners do, uses nothing up.
			for (let n = 0; n < 3; n++)
				expect(await accounts.links.look('magic', secret)).toMatchObject({
					email: 'ana@link.example'
				});
			expect(await whoIs(await accounts.links.magic(secret, PHONE))).toBe(ana);
			expect(await whoIs(await accounts.links.magic(secret, PHONE))).toBe('link_over');
			expect(await accounts.links.look('magic', secret)).toBeNull();
			expect((await rowOf(ana)).emailVerifiedAt).not.toBeNull();
		});

		it('let one of two in who press at once', async () => {
			await scene.person('race@link.example');
			const secret = await linkFor('magic', 'race@link.example');
			const pressed = await Promise.all([1, 2, 3].map(() => accounts.links.magic(secret, PHONE)));
			expect(pressed.filter(({ ok }) => ok)).toHaveLength(1);
		});

		it('end after a quarter of an hour', async () => {
			await scene.person('late@link.example');
			const secret = await linkFor('magic', 'late@link.example');
			scene.jump(15 * MINUTE_MS + 1);
			expect(await whoIs(await accounts.links.magic(secret, PHONE))).toBe('link_over');
		});

		it('open nothing but what they were made for', async () => {
			await scene.person('kind@link.example');
			const magic = await linkFor('magic', 'kind@link.example');
			expect(await accounts.links.look('reset', magic)).toBeNull();
			expect((await accounts.links.reset(magic, 'a new password', PHONE)).ok).toBe(false);
			expect((await accounts.links.verify(magic, PHONE)).ok).toBe(false);
			expect((await accounts.signIn.code(magic, '000000', PHONE)).ok).toBe(false);
			// And it is still good for what it is.
			expect((await accounts.links.magic(magic, PHONE)).ok).toBe(true);
		});

		it('stand nowhere in the database, nor do cookies, codes and passwords (hole 19)', async () => {
			const ana = await scene.person('rest@link.example');
			const magic = await linkFor('magic', 'rest@link.example');
			const welcome = await accounts.links.welcome(ana, 'rest@link.example');
			const { key, recovery } = await scene.secondFactor(ana);
			const asked = await accounts.signIn.password('rest@link.example', PASSWORD, PHONE);
			if (!asked.ok || asked.value.kind === 'in') throw new Error('no code asked for');
			const stored = JSON.stringify(
				await Promise.all(
					[users, sessions, oneTimeSecrets, recoveryCodes, auditLog].map((table) =>
						scene.db.select().from(table)
					)
				)
			);
			const secrets = [magic, welcome, key, PASSWORD, asked.value.challenge, ...recovery];
			expect(secrets.filter((secret) => stored.includes(secret))).toEqual([]);
			expect(recovery.filter((code) => stored.includes(code.replaceAll('-', '')))).toEqual([]);
		});

		it('set a new password, which ends what the old one opened', async () => {
			const ana = await scene.person('reset@link.example');
			const header = await scene.cookie('reset@link.example');
			const older = await linkFor('magic', 'reset@link.example');
			const secret = await linkFor('reset', 'reset@link.example');
			const step = await accounts.links.reset(secret, 'a brand new password', PHONE);
			expect(await whoIs(step)).toBe(ana);
			expect((await auth.actorFrom(header)).kind).toBe('anonymous');
			expect(scene.told.at(-1)).toEqual({ sessionsOf: ana });
			expect((await accounts.signIn.password('reset@link.example', PASSWORD, PHONE)).ok).toBe(
				false
			);
			expect(await whoIs(await accounts.links.magic(older, PHONE))).toBe('link_over');
			expect((await mailbox.letterTo('reset@link.example', 3)).subject).toBe(
				'Your password was changed'
			);
		});
	});

	describe('who has an account is not told (hole 16)', () => {
		it('by asking for a link: the same answer, the same rows, and no letter to strangers', async () => {
			await scene.person('known@tell.example');
			const answers = [];
			for (const email of ['known@tell.example', 'unknown@tell.example'])
				answers.push(await accounts.links.ask('magic', email, 'en'));
			expect(answers).toEqual([undefined, undefined]);
			const rows = await scene.db.select().from(oneTimeSecrets);
			const made = rows.filter(({ email }) => email.endsWith('@tell.example'));
			expect(made.map(({ kind }) => kind)).toEqual(['magic', 'magic']);
			await mailbox.letterTo('known@tell.example');
			await accounts.idle();
			expect(mailbox.letters.some(({ to }) => to === 'unknown@tell.example')).toBe(false);
		});

		it('by registering: the letter alone tells its owner', async () => {
			await scene.person('taken@tell.example');
			await accounts.links.register('taken@tell.example', 'Eve', 'en');
			await accounts.links.register('free@tell.example', 'Eve', 'en');
			expect((await mailbox.letterTo('taken@tell.example')).subject).toBe(
				'You have an account already'
			);
			expect((await mailbox.letterTo('free@tell.example')).subject).toBe('Make your account');
		});

		it('by the time a wrong password takes', async () => {
			await scene.person('time@tell.example');
			const median = async (email: string) => {
				const times: number[] = [];
				for (let n = 0; n < 7; n++) {
					const begun = performance.now();
					await accounts.signIn.password(email, 'a wrong password', PHONE);
					times.push(performance.now() - begun);
				}
				return times.sort((a, b) => a - b)[3] ?? 0;
			};
			await median('warm-up@tell.example');
			const [known, unknown] = [
				await median('time@tell.example'),
				await median('nobody@tell.example')
			];
			// Without the decoy hash an unknown address answers some fifty times faster.
			expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(3);
		});
	});

	describe('limits', () => {
		it('send an address few letters, whoever asks for them and whether or not it is known', async () => {
			await scene.person('flood@limit.example');
			for (const email of ['flood@limit.example', 'nobody@limit.example'])
				for (let n = 0; n < 10; n++) await accounts.links.ask('magic', email, 'en');
			await accounts.idle();
			const rows = await scene.db.select().from(oneTimeSecrets);
			for (const address of ['flood@limit.example', 'nobody@limit.example'])
				expect(rows.filter(({ email }) => email === address)).toHaveLength(LETTERS_PER_ADDRESS);
		});

		it('count an IPv6 household as one (hole 14)', () => {
			expect(attemptKey('2001:db8:1:2::3')).toBe(attemptKey('2001:db8:1:2:ffff::1'));
		});

		it.each([0, 1, 10, 72, 73, 1_000, 1_001, 1_000_000])(
			'refuse a password of %i characters without a crash (hole 18)',
			async (length) => {
				const answer = await accounts.signIn.password(
					'nobody@limit.example',
					'é'.repeat(length),
					PHONE
				);
				expect(answer).toMatchObject({ error: { code: 'credentials_wrong' } });
			}
		);

		it('take a password of a thousand characters whole', async () => {
			const long = `${'x'.repeat(998)}ab`;
			await scene.person('long@limit.example', { password: long });
			expect(await scene.cookie('long@limit.example', long)).toContain('user_token=');
			const other = `${'x'.repeat(998)}ba`;
			expect((await accounts.signIn.password('long@limit.example', other, PHONE)).ok).toBe(false);
		});
	});

	describe('a deactivated account', () => {
		it('comes in by no way, not by one that was open before (holes 4 and 5)', async () => {
			const admin = await scene.person('boss@off.example', { admin: true });
			const ana = await scene.person('ana@off.example');
			const by = {
				actor: await auth.actorFrom(await scene.cookie('boss@off.example')),
				...FROM_PHONE
			};
			const header = await scene.cookie('ana@off.example');
			const magic = await linkFor('magic', 'ana@off.example');
			const reset = await linkFor('reset', 'ana@off.example');
			const welcome = (await accounts.links.welcome(ana, 'ana@off.example')).split('/').at(-1);
			const { key } = await scene.secondFactor(ana);
			const asked = await accounts.signIn.password('ana@off.example', PASSWORD, PHONE);
			if (!asked.ok || asked.value.kind === 'in') throw new Error('no code asked for');
			scene.jump(MINUTE_MS);

			const user = await accounts.directory.user(ana);
			if (!user.ok) throw new Error('no account');
			expect((await accounts.directory.setActive(user.value, false, by)).ok).toBe(true);
			expect(scene.told.at(-1)).toEqual({ sessionsOf: ana });

			expect((await auth.actorFrom(header)).kind).toBe('anonymous');
			const ways = [
				await accounts.signIn.password('ana@off.example', PASSWORD, PHONE),
				await accounts.links.magic(magic, PHONE),
				await accounts.links.reset(reset, 'a brand new password', PHONE),
				await accounts.links.reset(welcome ?? '', 'a brand new password', PHONE),
				await accounts.signIn.code(asked.value.challenge, scene.codeOf(key), PHONE),
				await accounts.signIn.goOn(ana, 'link', PHONE)
			];
			expect(ways.filter(({ ok }) => ok)).toEqual([]);
			// And gets no new links; its session is gone for good, not merely ignored.
			const before = mailbox.letters.length;
			await accounts.links.ask('magic', 'ana@off.example', 'en');
			await accounts.idle();
			expect(mailbox.letters).toHaveLength(before);
			await accounts.directory.setActive(user.value, true, by);
			expect((await auth.actorFrom(header)).kind).toBe('anonymous');
			expect(await rowOf(admin)).toMatchObject({ isActive: true });
		});

		it('has rights by what the database says now, not by an old claim (hole 4)', async () => {
			const boss = await scene.person('former@off.example', { admin: true });
			const header = await scene.cookie('former@off.example');
			expect(await auth.actorFrom(header)).toMatchObject({ grants: [{ role: 'super-admin' }] });
			await scene.db.update(users).set({ isAdmin: false }).where(eq(users.id, boss));
			expect(await auth.actorFrom(header)).toMatchObject({ grants: [] });
		});
	});
});
