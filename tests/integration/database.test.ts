import { expect, it } from 'vitest';
import { migrationStatus } from '#lib/server/db/database.ts';
import { booths, events, rooms } from '#lib/server/db/schema.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

describeOnEachDatabase('the database', (kind) => {
	it('has every migration applied, and applying them again changes nothing', async () => {
		const database = await kind.open();
		await database.migrate();
		const status = await migrationStatus(database.db);
		expect(status.pending).toEqual([]);
		expect(status.applied).toBeGreaterThan(0);
	});

	it('refuses a booth in a room of another event', async () => {
		const { db } = await kind.open();
		const insertEvent = (slug: string) =>
			db.insert(events).values({ slug, displayName: slug }).returning({ id: events.id });
		const [[one], [two]] = await Promise.all([insertEvent('one'), insertEvent('two')]);
		if (!one || !two) throw new Error('no events');
		const [room] = await db
			.insert(rooms)
			.values({ eventId: one.id, slug: 'main', displayName: 'Main', isMain: true })
			.returning({ id: rooms.id });
		if (!room) throw new Error('no room');
		const booth = { roomId: room.id, languageCode: 'fr' };
		await expect(db.insert(booths).values({ ...booth, eventId: two.id })).rejects.toThrow();
		await db.insert(booths).values({ ...booth, eventId: one.id });
		await expect(db.insert(booths).values({ ...booth, eventId: one.id })).rejects.toThrow();
	});
});
