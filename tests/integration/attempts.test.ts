import { beforeAll, describe, expect, it } from 'vitest';
import { eventId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { createAttemptStore, type AttemptStore } from '#lib/server/auth/attempt-store.ts';
import { createAttempts } from '#lib/server/auth/attempts.ts';
import {
	createJoinAttempts,
	JOIN_ADDRESS_LIMIT,
	JOIN_DEVICE_LIMIT,
	JOIN_EVENT_LIMIT,
	type JoinAttempts,
	type JoinTry
} from '#lib/server/auth/join-attempts.ts';
import { openPostgres, type Database, type Db } from '#lib/server/db/database.ts';
import { attempts as attemptRows } from '#lib/server/db/schema.ts';
import { createLog } from '#lib/server/log.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const SECRET = 'a secret of at least thirty-two characters';
const LOG = createLog('silent');
const right = async (): Promise<Result<'in', 'wrong'>> => ok('in');
const wrong = async (): Promise<Result<'in', 'wrong'>> => refuse('wrong', 'no');
const BLOCKED = { ok: false, error: { code: 'too_many_attempts' } };

describeOnEachDatabase('limits on guessing', (kind) => {
	let database: Database;
	let db: Db;
	let store: AttemptStore;
	let time = Date.now();

	beforeAll(async () => {
		database = await kind.open();
		({ db } = database);
		store = createAttemptStore(db, LOG, () => time);
	});

	describe('a limit on wrong guesses', () => {
		const limit = (name: string, wrongOnes = 5) =>
			createAttempts(store, name, { wrong: wrongOnes, perSeconds: 60 });

		it('lets some of a hall mistype', async () => {
			const attempts = limit('mistyped');
			for (let n = 0; n < 4; n++) await attempts.guard('hall', wrong);
			expect((await attempts.guard('hall', right)).ok).toBe(true);
		});

		it('refuses a right guess beyond it like a wrong one, and says when to come back', async () => {
			const attempts = limit('beyond');
			for (let n = 0; n < 5; n++)
				expect(await attempts.guard('a', wrong)).toMatchObject({ error: { code: 'wrong' } });
			for (const guess of [wrong, right])
				expect(await attempts.guard('a', guess)).toMatchObject({
					error: { code: 'too_many_attempts', retryAfterS: 60 }
				});
			expect((await attempts.guard('b', right)).ok).toBe(true);
			expect((await limit('another').guard('a', right)).ok).toBe(true);
			time += 60_000;
			expect((await attempts.guard('a', right)).ok).toBe(true);
		});

		it('answers no more guesses than that when they come all at once', async () => {
			const attempts = limit('at once');
			const answers = await Promise.all(
				Array.from({ length: 50 }, () => attempts.guard('a', wrong))
			);
			const told = answers.filter((answer) => !answer.ok && answer.error.code === 'wrong');
			expect(told).toHaveLength(5);
		});

		it('keeps no address in the database, and forgets what is over', async () => {
			await limit('private').guard('203.0.113.9/ana@example.org', wrong);
			const rows = JSON.stringify(await db.select().from(attemptRows));
			expect(rows).not.toContain('203.0.113.9');
			expect(rows).not.toContain('ana@example.org');
			time += 60_001;
			expect(await store.clean()).toBeGreaterThan(0);
			expect(await db.$count(attemptRows)).toBe(0);
		});
	});

	describe('join codes', () => {
		const HALL = '198.51.100.7';
		const join = (): JoinAttempts =>
			createJoinAttempts(
				createAttemptStore(db, LOG, () => time),
				SECRET
			);
		const phone = (attempts: JoinAttempts, event: number): JoinTry => ({
			...{ event: eventId(event), address: HALL },
			device: attempts.newDevice(undefined) ?? undefined
		});

		it('2,000 right codes get in from one address while a guesser stops after 20 wrong ones, across a restart and two portals', async () => {
			const url = kind.url(database);
			// The second portal has connections of its own; PGlite belongs to one process, so there it is a second store.
			const second = url === null ? null : openPostgres(url, 4);
			const portals = [
				join(),
				createJoinAttempts(
					createAttemptStore(second?.db ?? db, LOG, () => time),
					SECRET
				)
			] as const;
			const guesser = phone(portals[0], 1);
			const hall = (people: number) =>
				Promise.all(
					Array.from({ length: people }, async (_, n) => {
						const portal = portals[n % 2 === 0 ? 0 : 1];
						return (await portal.guard(phone(portal, 1), right)).ok;
					})
				);

			const early = hall(1_000);
			for (let n = 0; n < JOIN_DEVICE_LIMIT.wrong; n++) {
				const portal = portals[n % 2 === 0 ? 0 : 1];
				expect(await portal.guard(guesser, wrong)).toMatchObject({ error: { code: 'wrong' } });
			}
			const late = hall(1_000);
			for (const portal of portals)
				for (const guess of [wrong, right])
					expect(await portal.guard(guesser, guess)).toMatchObject(BLOCKED);
			// Started again: nothing is remembered but what the database knows.
			expect(await join().guard(guesser, right)).toMatchObject(BLOCKED);
			const came = [...(await early), ...(await late)];
			expect(came).toHaveLength(2_000);
			expect(came.every(Boolean)).toBe(true);
			expect((await join().guard(phone(portals[0], 1), right)).ok).toBe(true);

			time += JOIN_DEVICE_LIMIT.perSeconds * 1000;
			expect((await join().guard(guesser, right)).ok).toBe(true);
			await second?.close();
		});

		it('a guesser without cookies stops after 20 too, and phones beside him come in', async () => {
			const attempts = join();
			const bare: JoinTry = { event: eventId(2), address: HALL, device: undefined };
			for (let n = 0; n < JOIN_DEVICE_LIMIT.wrong; n++) await attempts.guard(bare, wrong);
			expect(await attempts.guard(bare, right)).toMatchObject(BLOCKED);
			// A cookie of his own making is none.
			expect(await attempts.guard({ ...bare, device: 'mine.forged' }, right)).toMatchObject(
				BLOCKED
			);
			expect((await attempts.guard(phone(attempts, 2), right)).ok).toBe(true);
		});

		it('a guesser who takes a new cookie for each guess stops when his address has had enough', async () => {
			const attempts = join();
			for (let n = 0; n < JOIN_ADDRESS_LIMIT.wrong; n++)
				await attempts.guard(phone(attempts, 3), wrong);
			expect(await attempts.guard(phone(attempts, 3), right)).toMatchObject(BLOCKED);
			const elsewhere = { ...phone(attempts, 3), address: '192.0.2.1' };
			expect((await attempts.guard(elsewhere, right)).ok).toBe(true);
			expect((await attempts.guard(phone(attempts, 4), right)).ok).toBe(true);
		});

		it('guessers all over the world stop when the event has had enough', async () => {
			const attempts = join();
			await attempts.guard(phone(attempts, 5), wrong);
			// As if 3,000 addresses had guessed once each.
			await db.update(attemptRows).set({ wrong: JOIN_EVENT_LIMIT.wrong });
			const elsewhere = { ...phone(attempts, 5), address: '192.0.2.77' };
			expect(await attempts.guard(elsewhere, right)).toMatchObject(BLOCKED);
		});
	});
});
