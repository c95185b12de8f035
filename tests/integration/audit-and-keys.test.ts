import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS, type Actor } from '#lib/domain/access/policy.ts';
import { eventId, personId, type EventId } from '#lib/domain/ids.ts';
import { createAudit } from '#lib/server/audit/audit.ts';
import { createSecretBox } from '#lib/server/auth/secret-box.ts';
import type { Db } from '#lib/server/db/database.ts';
import { auditLog, events, providerKeys } from '#lib/server/db/schema.ts';
import { createLog } from '#lib/server/log.ts';
import { createProviderKeys } from '#lib/server/providers/keys.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const KEY = 'sk-test-0123456789-wxyz';
const OWNER: Actor = {
	kind: 'admin',
	person: personId('admin'),
	user: null,
	name: 'Admin',
	grants: []
};
const EVERYTHING = { search: '', action: null, since: null, until: null };

describeOnEachDatabase('audit log and providers’ keys', (kind) => {
	let db: Db;
	let event: EventId;
	let other: EventId;

	beforeAll(async () => {
		({ db } = await kind.open());
		const rows = await db
			.insert(events)
			.values(['one', 'two'].map((slug) => ({ slug, displayName: slug })))
			.returning({ id: events.id });
		[event, other] = rows.map(({ id }) => eventId(id)) as [EventId, EventId];
	});

	describe('the audit log', () => {
		it('keeps no secret, however deep, and outlives its event', async () => {
			const audit = createAudit(db, createLog('silent'));
			const [gone] = await db
				.insert(events)
				.values({ slug: 'gone', displayName: 'gone' })
				.returning({ id: events.id });
			const scope = { event: eventId(gone?.id ?? 0) };
			await audit.record({
				...{ actor: OWNER, action: 'invite.made', scope, target: 'ana@example.org' },
				details: { role: 'interpreter', token: 'hidden-1', deep: { password: 'hidden-2' } },
				address: '203.0.113.9'
			});
			await db.delete(events).where(eq(events.id, scope.event));
			const { rows } = await audit.page({ ...EVERYTHING, event: scope.event }, null, 10);
			expect(rows).toMatchObject([
				{ action: 'invite.made', target: 'ana@example.org', actorName: 'Admin', event: null }
			]);
			expect(JSON.stringify(rows)).not.toContain('hidden');
		});

		it('pages without gaps, and shows an event nothing of another', async () => {
			const audit = createAudit(db, createLog('silent'));
			for (let n = 0; n < 7; n++)
				await audit.record({
					...{ actor: ANONYMOUS, action: 'room.created', target: `room ${n}` },
					...{ scope: { event: n % 2 === 0 ? event : other }, address: null }
				});
			const first = await audit.page({ ...EVERYTHING, event }, null, 3);
			const second = await audit.page({ ...EVERYTHING, event }, first.older, 3);
			const shown = [...first.rows, ...second.rows].map(({ target }) => target);
			expect(shown).toEqual(['room 6', 'room 4', 'room 2', 'room 0']);
			expect(second.older).toBeNull();
		});

		it('takes what is searched for literally', async () => {
			const audit = createAudit(db, createLog('silent'));
			const found = async (search: string) =>
				(await audit.page({ ...EVERYTHING, event, search }, null, 10)).rows.length;
			expect(await found('ROOM 2')).toBe(1);
			expect(await found('room%')).toBe(0);
			expect(await found("'; drop table events; --")).toBe(0);
		});

		it('never fails the act it is about', async () => {
			const broken = { insert: () => ({ values: () => Promise.reject(new Error('down')) }) };
			const audit = createAudit(broken as unknown as Db, createLog('silent'));
			await expect(
				audit.record({ actor: OWNER, action: 'room.created', scope: 'platform', address: null })
			).resolves.toBeUndefined();
			expect(await db.$count(auditLog, eq(auditLog.action, 'event.created'))).toBe(0);
		});
	});

	describe('a provider’s key', () => {
		const by = { id: null, name: 'Ana' };
		const keys = (...secrets: [string, ...string[]]) =>
			createProviderKeys(db, createSecretBox(secrets));

		it('is kept encrypted and shown as its last four characters', async () => {
			const store = keys('first');
			expect(await store.key(event, 'deepgram')).toMatchObject({ error: { code: 'key_missing' } });
			expect((await store.set(event, 'deepgram', ` ${KEY}\n`, by)).ok).toBe(true);
			expect(await store.key(event, 'deepgram')).toEqual({ ok: true, value: KEY });
			expect(JSON.stringify(await db.select().from(providerKeys))).not.toContain(KEY);
			const shown = await store.list(event);
			expect(shown).toMatchObject([{ provider: 'deepgram', lastFour: 'wxyz', readable: true }]);
			expect(JSON.stringify(shown)).not.toContain(KEY.slice(0, -4));
		});

		it('opens for its own event and provider alone, also when its row is copied', async () => {
			const store = keys('first');
			const [row] = await db.select().from(providerKeys);
			if (!row) throw new Error('no key');
			await db.insert(providerKeys).values({ ...row, eventId: other });
			expect(await store.key(other, 'deepgram')).toMatchObject({
				error: { code: 'key_unreadable', message: expect.stringContaining('Failed to decrypt') }
			});
			await store.remove(other, 'deepgram');
		});

		it('survives a change of the encryption key in three steps', async () => {
			expect(await keys('second').key(event, 'deepgram')).toMatchObject({
				error: { code: 'key_unreadable' }
			});
			expect(await keys('second').list(event)).toMatchObject([{ readable: false }]);
			expect(await keys('second', 'first').reseal()).toEqual({ resealed: 1, unreadable: 0 });
			expect(await keys('second').key(event, 'deepgram')).toEqual({ ok: true, value: KEY });
			expect(await keys('first').reseal()).toEqual({ resealed: 0, unreadable: 1 });
		});

		it.each(['', 'two words', 'é', 'x'.repeat(2_000)])(
			'is refused when it is none: %j',
			async (text) => {
				expect(await keys('second').set(event, 'openai', text, by)).toMatchObject({
					error: { code: 'key_invalid' }
				});
			}
		);

		it('is gone when it was removed', async () => {
			const store = keys('second');
			expect(await store.remove(event, 'deepgram')).toBe(true);
			expect(await store.remove(event, 'deepgram')).toBe(false);
			expect(await store.list(event)).toEqual([]);
		});
	});
});
