import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { boothId, eventId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import type { SoundFigures } from '#lib/domain/listening/sound-fault.ts';
import type { IngestStatus } from '#lib/protocol/booth.ts';
import type { FeedbackInput } from '#lib/protocol/feedback.ts';
import type { Db } from '#lib/server/db/database.ts';
import { booths, events, feedback as feedbackRows, rooms } from '#lib/server/db/schema.ts';
import { createEvents } from '#lib/server/events/events.ts';
import { createAudience } from '#lib/server/listening/audience.ts';
import { createFeedback, type Feedback } from '#lib/server/listening/feedback.ts';
import { createLog } from '#lib/server/log.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const MINUTE_MS = 60_000;
const GOOD: SoundFigures = {
	flowing: true,
	lost: 0,
	concealed: 0,
	jitterMs: 5,
	roundTripMs: 20,
	levelDbfs: -22
};

describeOnEachDatabase('what listeners tell', ({ open }) => {
	let db: Db;
	let clock = Date.UTC(2026, 8, 1, 10, 0, 0);
	const ingest = new Map<BoothId, { status: IngestStatus; listeners: number | null }>();
	const ingestOf = {
		ingest: (booth: BoothId) =>
			ingest.get(booth) ?? { status: 'connected' as const, listeners: null }
	};
	let feedback: Feedback;
	let conference: { id: EventId; french: BoothId };
	let other: { id: EventId; french: BoothId };

	async function conferenceCalled(slug: string) {
		const [event] = await db.insert(events).values({ slug, displayName: slug }).returning();
		const id = event?.id ?? 0;
		const [room] = await db
			.insert(rooms)
			.values({ eventId: id, slug: 'main', displayName: 'Main', isMain: true })
			.returning();
		const [booth] = await db
			.insert(booths)
			.values({ eventId: id, roomId: room?.id ?? 0, languageCode: 'fr' })
			.returning();
		return { id: eventId(id), french: boothId(booth?.id ?? 0) };
	}
	const flag = (booth: number, figures: SoundFigures | null = GOOD): FeedbackInput => ({
		kind: 'bad-sound',
		id: randomUUID(),
		booth,
		happenedAt: clock,
		figures
	});

	beforeAll(async () => {
		db = (await open()).db;
		feedback = createFeedback({ db, ingest: ingestOf, now: () => clock });
		conference = await conferenceCalled('told');
		other = await conferenceCalled('other');
	});

	describe('a flag', () => {
		it('is judged, stored once however often it is sent, and told at once', async () => {
			const told: string[] = [];
			const stop = feedback.onFlag(({ verdict }) => told.push(verdict));
			const input = flag(conference.french);
			expect(await feedback.take(conference.id, input)).toMatchObject({
				value: { verdict: 'channel' }
			});
			await feedback.take(conference.id, input);
			await feedback.take(conference.id, flag(conference.french, { ...GOOD, lost: 0.2 }));
			ingest.set(conference.french, { status: 'overloaded', listeners: 3 });
			await feedback.take(conference.id, flag(conference.french, { ...GOOD, lost: 0.2 }));
			ingest.clear();
			stop();
			expect(told).toEqual(['channel', 'network', 'channel']);
			expect((await feedback.lately(conference.id)).get(conference.french)).toEqual({
				channel: 2,
				network: 1,
				unclear: 0
			});
			expect(await feedback.lately(other.id)).toEqual(new Map());
		});

		it('for a channel of another event is refused and leaves nothing', async () => {
			const input = flag(other.french);
			expect(await feedback.take(conference.id, input)).toMatchObject({
				error: { code: 'not_found' }
			});
			const rows = await db.select({ id: feedbackRows.id }).from(feedbackRows);
			expect(rows.map(({ id }) => id)).not.toContain(input.id);
		});

		it('that waited on the phone keeps its time and alarms nobody', async () => {
			const told: string[] = [];
			const stop = feedback.onFlag(({ verdict }) => told.push(verdict));
			const happenedAt = clock - 3 * 3_600_000;
			await feedback.take(other.id, { ...flag(other.french), happenedAt });
			const future = { ...flag(other.french), happenedAt: clock + 9e9 };
			await feedback.take(other.id, future);
			stop();
			expect(told).toEqual(['channel']);
			const times = (await db.select().from(feedbackRows))
				.filter(({ boothId: booth }) => booth === Number(other.french))
				.map((row) => row.happenedAt.getTime());
			expect(times.sort()).toEqual([happenedAt, clock]);
			clock += 11 * MINUTE_MS;
			expect(await feedback.lately(other.id)).toEqual(new Map());
		});
	});

	it('audiences are counted by the minute, the most of each, and added up by no name', async () => {
		const audience = (name: string) =>
			createAudience({
				db,
				events: createEvents(db),
				ingest: {
					ingest: (booth) => ({
						listeners: booth === conference.french ? (name === 'one' ? 40 : 42) : 0
					})
				},
				feedback,
				log: createLog('silent'),
				now: () => clock
			});
		const [one, two] = [audience('one'), audience('two')];
		await one.look();
		await two.look();
		await Promise.all([one.stop(), two.stop()]);
		const from = new Date(clock - MINUTE_MS);
		const minutes = await one.history(conference.id, from, new Date(clock + MINUTE_MS));
		expect(minutes).toEqual([
			{
				booth: conference.french,
				at: new Date(Math.floor(clock / MINUTE_MS) * MINUTE_MS),
				listeners: 42
			}
		]);
		expect(await one.history(other.id, from, new Date(clock + MINUTE_MS))).toEqual([]);
		expect(await one.now(conference.id)).toMatchObject({
			channels: [{ language: 'fr', room: null, listeners: 40 }]
		});
	});
});
