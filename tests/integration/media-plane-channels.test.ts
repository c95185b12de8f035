import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { EMPTY_BOOTH, type BoothState, type Phase } from '#lib/domain/booth/state.ts';
import { boothId, personId, seatId, type BoothId } from '#lib/domain/ids.ts';
import type { IngestStatus } from '#lib/protocol/booth.ts';
import type { ChannelState } from '#lib/protocol/listen.ts';
import type { Db } from '#lib/server/db/database.ts';
import { booths, events, rooms } from '#lib/server/db/schema.ts';
import { createChannels, type Channels } from '#lib/server/events/channels.ts';
import { createLog } from '#lib/server/log.ts';
import { createEvents, type FoundEvent } from '#lib/server/events/events.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const SEAT = { seat: seatId('s'), person: personId('user:a'), name: 'Ana' };
const PHASES = {
	closed: { kind: 'closed' },
	empty: { kind: 'empty' },
	ready: { kind: 'ready', active: SEAT, reason: 'not-asked' },
	goingLive: { kind: 'going-live', active: SEAT, deadline: 9_000 },
	live: { kind: 'live', active: SEAT, since: 4_000 },
	handingOver: {
		kind: 'handing-over',
		active: SEAT,
		since: 4_000,
		handover: { step: 'offered', to: SEAT, deadline: 9_000 }
	}
} as const satisfies Record<string, Phase>;

describeOnEachDatabase('channels', ({ open }) => {
	let db: Db;
	let event: FoundEvent;
	let ids: { french: BoothId; side: BoothId; floor: BoothId };
	let clock = 10_000;
	let channels: Channels;
	let told: ChannelState[][];
	let changeBooth: (booth: BoothId, phase: Phase, version: number) => void;
	let changeIngest: (booth: BoothId, status: IngestStatus) => void;
	const statuses = new Map<BoothId, IngestStatus>();

	beforeAll(async () => {
		db = (await open()).db;
	});
	beforeEach(async () => {
		await db.delete(events);
		clock = 10_000;
		const made = await makeEvent(db);
		ids = made;
		const found = await createEvents(db).event('conf');
		if (!found.ok) throw new Error(found.error.message);
		event = found.value;
		statuses.clear();
		told = [];
		channels = createChannels({
			db,
			events: createEvents(db),
			booths: {
				onChange(listener) {
					changeBooth = (booth, phase, version) =>
						listener({ boothId: booth, after: state(phase), version });
				}
			},
			ingest: {
				ingest: (booth) => ({ status: statuses.get(booth) ?? 'disconnected' }),
				onIngest(listener) {
					changeIngest = (booth, status) => {
						statuses.set(booth, status);
						listener([booth]);
					};
				}
			},
			log: createLog('silent'),
			now: () => clock
		});
		channels.onChange((id, changed) => {
			expect(id).toBe(event.id);
			told.push(changed);
		});
	});

	const state = (phase: Phase): BoothState => ({ ...EMPTY_BOOTH, phase });
	async function air(booth: BoothId) {
		const snapshot = await channels.snapshot(event);
		const found = snapshot.channels.find((channel) => channel.booth === booth);
		return found && { air: found.air, since: found.since };
	}

	it('tell what the organiser decides: a delay of a room, consent to be recorded and its withdrawal', async () => {
		await channels.snapshot(event);
		const toldRooms: number[][] = [];
		channels.onRooms((_, all) => toldRooms.push(all.map(({ delayMs }) => delayMs)));
		await db.update(rooms).set({ listenerDelayMs: 2_500 }).where(eq(rooms.slug, 'side'));
		await db.update(booths).set({ recordingConsent: true }).where(eq(booths.id, ids.french));
		await channels.refresh();
		expect(toldRooms).toEqual([[0, 2_500]]);
		expect(told.at(-1)).toEqual([expect.objectContaining({ booth: ids.french, replay: true })]);
		await db.update(booths).set({ recordingConsent: false }).where(eq(booths.id, ids.french));
		await channels.refresh();
		expect(told.at(-1)).toEqual([expect.objectContaining({ booth: ids.french, replay: false })]);
		expect(toldRooms).toHaveLength(1);
	});

	it('list every room and booth of the event, the floor first, without people', async () => {
		const snapshot = await channels.snapshot(event);
		expect(snapshot.event).toEqual({ slug: 'conf', name: 'Conf', notes: '' });
		expect(snapshot.serverNow).toBe(10_000);
		expect(snapshot.rooms).toEqual([
			{ slug: 'main', name: 'Main', main: true, delayMs: 0 },
			{ slug: 'side', name: 'Side', main: false, delayMs: 0 }
		]);
		expect(snapshot.channels).toEqual([
			expect.objectContaining({ booth: ids.floor, path: 'conf/floor', room: null, air: 'off' }),
			expect.objectContaining({ booth: ids.french, path: 'conf/fr', room: null, air: 'off' }),
			expect.objectContaining({ booth: ids.side, path: 'conf/side/pt-BR', room: 'side' })
		]);
		expect(JSON.stringify(snapshot)).not.toContain('Ana');
	});

	it('are on while a voice arrives, and told once per change', async () => {
		await channels.snapshot(event);
		changeBooth(ids.french, PHASES.ready, 1);
		changeBooth(ids.french, PHASES.goingLive, 2);
		expect(told).toEqual([]);
		changeBooth(ids.french, PHASES.live, 3);
		changeBooth(ids.french, PHASES.handingOver, 4);
		changeBooth(ids.french, PHASES.live, 5);
		expect(told).toEqual([
			[expect.objectContaining({ booth: ids.french, air: 'on', since: 4_000 })]
		]);
		clock = 12_000;
		changeBooth(ids.french, PHASES.ready, 6);
		expect(told[1]).toEqual([expect.objectContaining({ air: 'off', since: 12_000 })]);
		expect(await air(ids.french)).toEqual({ air: 'off', since: 12_000 });
	});

	it('say that the organiser closed them', async () => {
		await channels.snapshot(event);
		changeBooth(ids.side, PHASES.closed, 1);
		expect(told[0]).toEqual([expect.objectContaining({ booth: ids.side, air: 'closed' })]);
	});

	it('of the floor follow the media server, and nothing else does', async () => {
		await channels.snapshot(event);
		changeIngest(ids.floor, 'connected');
		changeIngest(ids.floor, 'overloaded');
		changeIngest(ids.french, 'connected');
		expect(told).toEqual([
			[expect.objectContaining({ booth: ids.floor, air: 'on', since: 10_000 })]
		]);
		clock = 11_000;
		changeIngest(ids.floor, 'disconnected');
		expect(await air(ids.floor)).toEqual({ air: 'off', since: 11_000 });
	});

	it('are read from the database at first, whatever was told before', async () => {
		changeBooth(ids.french, PHASES.live, 1);
		await store(db, ids.french, PHASES.live, 1);
		statuses.set(ids.floor, 'connected');
		expect(await air(ids.french)).toEqual({ air: 'on', since: 4_000 });
		expect((await air(ids.floor))?.air).toBe('on');
		expect(told).toEqual([]);
	});

	it('that another portal changed are noticed within seconds and told', async () => {
		await channels.snapshot(event);
		const noticed = new Promise<ChannelState[]>((resolve) =>
			channels.onChange((_, changed) => resolve(changed))
		);
		channels.start();
		await store(db, ids.french, PHASES.live, 1);
		expect((await air(ids.french))?.air).toBe('off');
		expect(await noticed).toEqual([expect.objectContaining({ booth: ids.french, air: 'on' })]);
		await channels.stop();
		clock += 60_000;
		await store(db, ids.french, PHASES.ready, 2);
		expect(await air(ids.french)).toEqual({ air: 'off', since: clock });
	});

	it('do not go back to what an older answer of the database says', async () => {
		await channels.snapshot(event);
		changeBooth(ids.french, PHASES.live, 7);
		await store(db, ids.french, PHASES.ready, 6);
		await channels.refresh();
		expect((await air(ids.french))?.air).toBe('on');
		changeBooth(ids.french, PHASES.ready, 5);
		expect((await air(ids.french))?.air).toBe('on');
		expect(told).toHaveLength(1);
	});

	it('that are new are told', async () => {
		await channels.snapshot(event);
		const [row] = await db.select().from(booths).limit(1);
		if (row === undefined) throw new Error('no booth');
		const [added] = await db
			.insert(booths)
			.values({ eventId: row.eventId, roomId: row.roomId, languageCode: 'ar', position: 9 })
			.returning();
		await channels.refresh();
		expect(told).toEqual([[expect.objectContaining({ booth: added?.id, language: 'ar' })]]);
	});
});

async function makeEvent(db: Db) {
	const [event] = await db
		.insert(events)
		.values({ slug: 'conf', displayName: 'Conf', listenerAccess: 'open' })
		.returning();
	if (event === undefined) throw new Error('no event');
	const [main, side] = await db
		.insert(rooms)
		.values([
			{ eventId: event.id, slug: 'main', displayName: 'Main', isMain: true, position: 0 },
			{ eventId: event.id, slug: 'side', displayName: 'Side', position: 1 }
		])
		.returning();
	const inserted = await db
		.insert(booths)
		.values([
			{ eventId: event.id, roomId: main?.id ?? 0, languageCode: 'fr', position: 1 },
			{ eventId: event.id, roomId: main?.id ?? 0, languageCode: 'floor', position: 2 },
			{ eventId: event.id, roomId: side?.id ?? 0, languageCode: 'pt-BR', position: 1 }
		])
		.returning();
	const [french, floor, other] = inserted.map((row) => boothId(row.id));
	if (!french || !floor || !other) throw new Error('no booths');
	return { french, floor, side: other };
}

async function store(db: Db, booth: BoothId, phase: Phase, version: number): Promise<void> {
	await db
		.update(booths)
		.set({ state: { ...EMPTY_BOOTH, phase }, stateVersion: version })
		.where(eq(booths.id, booth));
}
