import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { ANONYMOUS } from '#lib/domain/access/policy.ts';
import { createAudit, type Audit } from '#lib/server/audit/audit.ts';
import type { Db } from '#lib/server/db/database.ts';
import {
	auditLog,
	chatMessages,
	events,
	guests,
	invites,
	oneTimeSecrets,
	segments,
	segmentVersions
} from '#lib/server/db/schema.ts';
import { createLog } from '#lib/server/log.ts';
import { createRetention, untilNight } from '#lib/server/retention/retention.ts';
import { createTranscripts } from '#lib/server/transcripts/transcripts.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { somebody, spokenEvent, type SpokenEvent } from '../support/spoken.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.parse('2026-11-24T12:00:00Z');
const log = createLog('silent');

describeOnEachDatabase('what is kept long enough', (kind) => {
	let db: Db;
	let spoken: SpokenEvent;
	let audit: Audit;

	beforeAll(async () => {
		({ db } = await kind.open());
		spoken = await spokenEvent(db);
		audit = createAudit(db, log);
		await db
			.update(events)
			.set({ captionRetentionDays: 10, chatRetentionDays: 5, auditRetentionDays: null });
		// More than one batch of old ones, and some that are to stay.
		await spoken.say(
			'en',
			Array.from({ length: 1_201 }, (_, n) => `Old ${n}.`),
			{
				at: NOW - 11 * DAY_MS,
				everyMs: 10
			}
		);
		await spoken.say('en', ['New.'], { at: NOW - 9 * DAY_MS });
		await createTranscripts(db, { announce: () => Promise.resolve() }).correct(
			spoken.booth('en'),
			1,
			{ base: 1, text: 'Corrected.', speaker: '' },
			somebody('Olga')
		);
		const chat = { boothId: spoken.booth('en'), person: 'guest:1', name: 'Ana', body: 'hello' };
		await db.insert(chatMessages).values([
			{ ...chat, sentAt: new Date(NOW - 6 * DAY_MS) },
			{ ...chat, sentAt: new Date(NOW - 4 * DAY_MS) }
		]);
		const [invite] = await db.select().from(invites);
		await db.insert(guests).values(
			[-2, 2].map((days) => ({
				id: `guest ${days}`,
				tokenHash: `hash ${days}`,
				inviteId: invite?.id ?? '',
				displayName: 'Ana',
				expiresAt: new Date(NOW + days * DAY_MS)
			}))
		);
		await db.insert(oneTimeSecrets).values(
			[-2, 2].map((days) => ({
				secretHash: `hash ${days}`,
				kind: 'reset',
				email: 'ana@example.org',
				expiresAt: new Date(NOW + days * DAY_MS)
			}))
		);
		const entry = { actor: ANONYMOUS, action: 'event.created', address: null } as const;
		await audit.record({ ...entry, scope: 'platform' });
		await audit.record({ ...entry, scope: { event: spoken.event } });
		await db.update(auditLog).set({ at: new Date(NOW - 800 * DAY_MS) });
	});

	test('is deleted in batches, by one portal however many try, and said', async () => {
		const portals = [0, 1, 2].map(() => createRetention({ db, audit, log, now: () => NOW }));
		const answers = await Promise.all(portals.map((portal) => portal.clean()));
		// Whichever portal did which batch: together it is everything, once.
		const sum: Record<string, number> = {};
		for (const answer of answers)
			for (const [name, count] of Object.entries(answer)) sum[name] = (sum[name] ?? 0) + count;
		for (const [name, count] of Object.entries(
			await createRetention({ db, audit, log, now: () => NOW }).clean()
		))
			sum[name] = (sum[name] ?? 0) + count;
		expect(sum).toEqual({ captions: 1_201, chat: 1, audit: 1, guests: 1, one_time_secrets: 1 });

		expect((await db.select().from(segments)).map(({ text }) => text)).toEqual(['New.']);
		expect(await db.select().from(segmentVersions)).toEqual([]);
		expect(await db.select().from(chatMessages)).toHaveLength(1);
		expect((await db.select().from(guests)).map(({ id }) => id)).toEqual(['guest 2']);
		expect((await db.select().from(oneTimeSecrets)).map(({ secretHash }) => secretHash)).toEqual([
			'hash 2'
		]);

		const said = await db.select().from(auditLog).where(eq(auditLog.action, 'retention.cleaned'));
		const ofEvent = said.filter(({ eventId }) => eventId === spoken.event);
		const deleted = ofEvent.map(({ details }) => details['deleted'] as Record<string, number>);
		expect(deleted.reduce((all, { captions = 0 }) => all + captions, 0)).toBe(1_201);
		expect(said.some(({ eventId }) => eventId === null)).toBe(true);
		// The event keeps its own record for ever.
		expect(
			await db.select().from(auditLog).where(eq(auditLog.action, 'event.created'))
		).toHaveLength(1);
	});

	test('numbers go on rising after everything was deleted', async () => {
		await db.delete(segments);
		expect(await spoken.say('en', ['Again.'])).toBe(1_203);
	});
});

test.each([
	['2026-11-24T02:59:00Z', 60_000],
	['2026-11-24T03:00:00Z', DAY_MS],
	['2026-11-24T23:00:00Z', 4 * 3_600_000]
])('at %s the night is %d ms away', (time, ms) => expect(untilNight(Date.parse(time))).toBe(ms));
