import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { createInvites } from '#lib/server/auth/invites.ts';
import type { Db } from '#lib/server/db/database.ts';
import { booths, events, invites } from '#lib/server/db/schema.ts';
import { seedDemoEvent } from '#lib/server/events/demo-event.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const DAY_MS = 24 * 3600 * 1000;
const secret = 'a secret of the portal that is long enough';

describeOnEachDatabase('the demo event', (kind) => {
	let db: Db;
	let time: number;
	const settings = { secret, now: () => time };

	beforeEach(async () => {
		({ db } = await kind.open());
		time = Date.now();
	});

	test('has a floor, four languages, links for people and a voice for every channel', async () => {
		const demo = await seedDemoEvent(db, settings);
		expect(demo?.voices.map((voice) => voice.language)).toEqual(['floor', 'en', 'de', 'fr', 'ar']);
		expect(demo?.links.interpreters.map((link) => link.language)).toEqual(['en', 'en']);
		expect(demo?.joinCode).toMatch(/^[A-Z2-9]{6}$/);
		expect(demo?.links.listener).toBe(`/listener/demo?code=${demo?.joinCode}`);
		const rows = await db.select().from(booths);
		expect(rows.map((row) => row.languageCode)).toEqual(['floor', 'en', 'de', 'fr', 'ar']);
	});

	test('prints the same links at every start, and makes them valid for another year', async () => {
		const first = await seedDemoEvent(db, settings);
		time += 200 * DAY_MS;
		expect(await seedDemoEvent(db, settings)).toEqual(first);
		expect(await db.select().from(events)).toHaveLength(1);
		const kept = await db.select().from(invites);
		expect(kept).toHaveLength(8);
		for (const invite of kept) expect(invite.expiresAt.getTime()).toBe(time + 365 * DAY_MS);
	});

	test('every link and every voice opens its own place', async () => {
		const demo = await seedDemoEvent(db, settings);
		const door = createInvites(db, settings.now);
		const secrets = [
			...(demo?.links.interpreters ?? []).map((link) => link.path.replace('/join/', '')),
			...(demo?.voices ?? []).map((voice) => voice.invite),
			demo?.links.floor?.replace('/join/', '') ?? ''
		];
		expect(new Set(secrets).size).toBe(8);
		const found = await Promise.all(secrets.map((one) => door.describe(one)));
		expect(found.map((one) => one.ok && one.value.role)).toEqual([
			...['interpreter', 'interpreter'],
			...['coordinator', 'interpreter', 'interpreter', 'interpreter', 'interpreter'],
			'coordinator'
		]);
	});

	test('leaves alone what an organiser changed', async () => {
		await seedDemoEvent(db, settings);
		await db.delete(booths).where(eq(booths.languageCode, 'fr'));
		await db.delete(booths).where(eq(booths.languageCode, 'floor'));
		await db
			.update(invites)
			.set({ revokedAt: new Date() })
			.where(eq(invites.label, 'Interpreter 2'));
		await db.update(events).set({ displayName: 'Our own', listenerAccess: 'open' });
		const demo = await seedDemoEvent(db, settings);
		expect(demo?.name).toBe('Our own');
		expect(demo?.links).toMatchObject({ floor: null, listener: '/listener/demo' });
		expect(demo?.links.interpreters).toHaveLength(1);
		expect(demo?.voices.map((voice) => voice.language)).toEqual(['en', 'de', 'ar']);
	});

	test('stays away once it was deleted', async () => {
		await seedDemoEvent(db, settings);
		await db.update(events).set({ deletedAt: new Date() });
		expect(await seedDemoEvent(db, settings)).toBeNull();
	});

	test('two portals that start at once make one event', async () => {
		const [one, other] = await Promise.all([
			seedDemoEvent(db, settings),
			seedDemoEvent(db, settings)
		]);
		expect(one).toEqual(other);
		expect(await db.select().from(booths)).toHaveLength(5);
	});
});
