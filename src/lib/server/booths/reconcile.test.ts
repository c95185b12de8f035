import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BoothCommand, Caller } from '#lib/domain/booth/command.ts';
import { PORTAL } from '#lib/domain/booth/command.ts';
import { decide } from '#lib/domain/booth/decide.ts';
import { evolveAll } from '#lib/domain/booth/evolve.ts';
import { EMPTY_BOOTH, type BoothState, type Phase } from '#lib/domain/booth/state.ts';
import {
	boothId,
	eventId,
	personId,
	roomId,
	seatId,
	type BoothId,
	type SeatId
} from '#lib/domain/ids.ts';
import { FLOOR, parseLanguage, type LanguageCode } from '#lib/domain/language.ts';
import { mediaPath } from '#lib/domain/media-path.ts';
import {
	scriptedMediaServer,
	type ScriptedMediaServer
} from '../../../../tests/fakes/scripted-media-server.ts';
import type { FoundBooth } from '../events/events.ts';
import { createLog } from '../log.ts';
import { createReconciler, type BoothChange, type Reconciler } from './reconcile.ts';

const FRENCH = boothId(1);
const GERMAN = boothId(2);
const FLOOR_BOOTH = boothId(3);
const ana = seatId('ana');
const ben = seatId('ben');

/** The rules of the booth on a state in memory. */
class Booths {
	readonly #states = new Map<BoothId, BoothState>();
	readonly #listeners = new Set<(change: BoothChange) => void>();
	readonly observed: (SeatId | null)[] = [];

	phase(booth: BoothId): Phase {
		return this.#of(booth).phase;
	}
	set(booth: BoothId, phase: Phase): void {
		this.#states.set(booth, { ...this.#of(booth), phase });
	}
	join(booth: BoothId, seat: SeatId): void {
		const person = personId(`user:${seat}`);
		this.act(booth, seat, { type: 'join', person, name: seat, role: 'interpreter', portal: 'p' });
	}
	act(booth: BoothId, seat: SeatId, command: BoothCommand): void {
		this.#command(booth, command, {
			kind: 'seat',
			seat,
			permissions: ['booth:view', 'booth:interpret', 'booth:coordinate']
		});
	}
	readonly port = {
		state: (booth: BoothId) => Promise.resolve(this.#of(booth)),
		states: (given: readonly BoothId[]) =>
			Promise.resolve(
				new Map(
					[...this.#states].filter(
						([id, { phase }]) =>
							given.includes(id) || phase.kind === 'live' || phase.kind === 'handing-over'
					)
				)
			),
		report: (booth: BoothId, command: BoothCommand) => {
			if (command.type === 'media-observed') this.observed.push(command.publisher);
			this.#command(booth, command, PORTAL);
			return Promise.resolve();
		},
		onChange: (listener: (change: BoothChange) => void) => {
			this.#listeners.add(listener);
			return () => this.#listeners.delete(listener);
		}
	};

	#of(booth: BoothId): BoothState {
		return this.#states.get(booth) ?? EMPTY_BOOTH;
	}
	#command(booth: BoothId, command: BoothCommand, by: Caller): void {
		const before = this.#of(booth);
		const decision = decide(before, command, { by, now: Date.now() });
		if (!decision.ok) throw new Error(`${command.type}: ${decision.error.message}`);
		const after = evolveAll(before, decision.value);
		this.#states.set(booth, after);
		if (decision.value.length > 0)
			for (const listener of this.#listeners) listener({ boothId: booth, before, after });
	}
}

function found(id: BoothId, code: LanguageCode): FoundBooth {
	const at = { event: eventId(1), room: roomId(1), booth: id };
	const event = { id: at.event, slug: 'ev', name: 'Event', scope: { event: at.event } };
	return {
		event: { ...event, listenerAccess: 'open', venueNotes: '' },
		room: { id: at.room, slug: 'main', name: 'Main', main: true, listenerDelayMs: 0 },
		booth: { id, language: code, recordingConsent: false },
		path: mediaPath({ event: 'ev', room: null, language: code }),
		scope: at
	};
}
const language = (code: string) => {
	const parsed = parseLanguage(code);
	if (!parsed.ok) throw new Error(code);
	return parsed.value;
};
const FR = found(FRENCH, language('fr'));
const DE = found(GERMAN, language('de'));
const FL = found(FLOOR_BOOTH, FLOOR);

let media: ScriptedMediaServer;
let booths: Booths;
let all: FoundBooth[];
let reconciler: Reconciler;
let told: BoothId[][];
let mediaTold: boolean[];

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000);
/** Real time passes with sound, as it does: some packets between any two looks. */
async function speaking(forSeconds: number, silent: readonly string[] = []): Promise<void> {
	for (let tenth = 0; tenth < forSeconds * 10; tenth++) {
		media.packets(5, silent);
		await vi.advanceTimersByTimeAsync(100);
	}
}

beforeEach(() => {
	vi.useFakeTimers({ now: 1_000_000 });
	media = scriptedMediaServer();
	booths = new Booths();
	all = [FR, DE, FL];
	told = [];
	mediaTold = [];
	reconciler = createReconciler({
		media,
		booths: booths.port,
		events: { allBooths: () => Promise.resolve(all) },
		log: createLog('silent')
	});
	reconciler.onIngest((changed) => told.push([...changed]));
	reconciler.onMedia((ok) => mediaTold.push(ok));
});
afterEach(async () => {
	const stopped = reconciler.stop();
	await vi.runAllTimersAsync();
	await stopped;
	vi.useRealTimers();
});

async function live(booth = FRENCH, seat = ana, session = 's-ana'): Promise<void> {
	reconciler.start();
	await seconds(1);
	booths.join(booth, seat);
	booths.act(booth, seat, { type: 'go-live' });
	media.connect(session, booth === FRENCH ? FR.path : DE.path, `seat:${seat}`);
	media.speak(session);
	await vi.advanceTimersByTimeAsync(250);
	expect(booths.phase(booth)).toMatchObject({ kind: 'live', active: { seat } });
}

describe('paths', () => {
	it('are there before anyone needs them, new ones soon, and removed ones go', async () => {
		reconciler.start();
		await seconds(1);
		expect([...media.paths.keys()]).toEqual(['ev/fr', 'ev/de', 'ev/floor']);
		all = [FR, found(boothId(4), language('pt-BR'))];
		await seconds(7);
		expect([...media.paths.keys()].sort()).toEqual(['ev/fr', 'ev/pt-BR']);
	});

	it('are there at once after a refresh', async () => {
		reconciler.start();
		await seconds(1);
		all = [...all, found(boothId(4), language('pt-BR'))];
		await reconciler.refresh();
		expect(media.paths.has('ev/pt-BR')).toBe(true);
	});

	it('are made again after the media server forgot them', async () => {
		reconciler.start();
		await seconds(1);
		media.restart();
		await seconds(2);
		expect(media.paths.size).toBe(3);
	});
});

describe('a path for somebody who is about to publish', () => {
	it('is made before the next round, also in a booth that is new', async () => {
		reconciler.start();
		await seconds(1);
		media.restart();
		all = [...all, found(boothId(4), language('pt-BR'))];
		await reconciler.prepare(FRENCH);
		await reconciler.prepare(boothId(4));
		expect([...media.paths.keys()]).toEqual(['ev/fr', 'ev/pt-BR']);
	});

	it('is not waited for when nobody answers', async () => {
		reconciler.start();
		await seconds(1);
		media.mode = 'hanging';
		const prepared = reconciler.prepare(FRENCH);
		await seconds(2.1);
		await prepared;
		await reconciler.prepare(boothId(99));
	});
});

describe('going live', () => {
	it('is live within 250 ms of the first packet, and not before', async () => {
		reconciler.start();
		await seconds(1);
		booths.join(FRENCH, ana);
		booths.act(FRENCH, ana, { type: 'go-live' });
		media.connect('s-ana', FR.path, 'seat:ana');
		await seconds(3);
		expect(booths.phase(FRENCH).kind).toBe('going-live');
		media.speak('s-ana');
		await vi.advanceTimersByTimeAsync(250);
		expect(booths.phase(FRENCH).kind).toBe('live');
		expect(media.kicked).toEqual([]);
	});

	it('is not brought about by another seat, and that one is ended', async () => {
		reconciler.start();
		await seconds(1);
		booths.join(FRENCH, ana);
		booths.act(FRENCH, ana, { type: 'go-live' });
		media.connect('s-x', FR.path, 'seat:somebody-else');
		media.speak('s-x');
		await vi.advanceTimersByTimeAsync(250);
		expect(booths.phase(FRENCH).kind).toBe('going-live');
		expect(media.kicked).toEqual(['s-x']);
	});

	it('is not undone while the sound goes on, and tells the booth nothing new', async () => {
		await live();
		const before = booths.observed.length;
		await speaking(10);
		expect(booths.phase(FRENCH).kind).toBe('live');
		expect(booths.observed.length).toBe(before);
		expect(reconciler.ingest(FRENCH)).toEqual({ status: 'connected', listeners: 3 });
	});
});

describe('a publisher', () => {
	it('that nobody asked for is ended within a second or so', async () => {
		reconciler.start();
		await seconds(1);
		booths.join(FRENCH, ana);
		media.connect('s-ana', FR.path, 'seat:ana');
		media.speak('s-ana');
		await seconds(1.1);
		expect(media.kicked).toEqual(['s-ana']);
		expect(booths.phase(FRENCH).kind).toBe('ready');
	});

	it('that stops is ended at once, and one without a packet too', async () => {
		await live();
		media.connect('s-ana-2', FR.path, 'seat:ana');
		booths.act(FRENCH, ana, { type: 'stop' });
		await vi.advanceTimersByTimeAsync(20);
		expect([...media.kicked].sort()).toEqual(['s-ana', 's-ana-2']);
	});

	it('with a stale token is ended before its first packet', async () => {
		await live();
		booths.join(FRENCH, ben);
		booths.act(FRENCH, ana, { type: 'stop' });
		await speaking(5);
		media.connect('s-stale', FR.path, 'seat:ana');
		await seconds(1.1);
		expect(media.kicked).toContain('s-stale');
	});

	it('that took the channel from the one on air is ended, and the booth stays live for a moment', async () => {
		await live();
		media.connect('s-x', FR.path, 'seat:ben');
		media.speak('s-x');
		await seconds(1);
		expect(media.kicked).toEqual(['s-x']);
		expect(booths.phase(FRENCH).kind).toBe('live');
		media.connect('s-ana-2', FR.path, 'seat:ana');
		media.speak('s-ana-2');
		await speaking(5);
		expect(booths.phase(FRENCH).kind).toBe('live');
	});

	it('that died in silence is ended, and the booth is off air', async () => {
		await live();
		await speaking(3);
		await speaking(4, ['s-ana']);
		expect(media.kicked).toEqual(['s-ana']);
		expect(booths.phase(FRENCH)).toMatchObject({ kind: 'ready', reason: 'sound-lost' });
		expect(reconciler.ingest(FRENCH).status).toBe('disconnected');
	});

	it('of the floor may be anybody with a ticket, and is ended when it died in silence', async () => {
		reconciler.start();
		await seconds(1);
		media.connect('s-floor', FL.path, 'floor:user:tech');
		media.speak('s-floor');
		await speaking(3);
		expect(reconciler.ingest(FLOOR_BOOTH).status).toBe('connected');
		expect(media.kicked).toEqual([]);
		await speaking(4, ['s-floor']);
		expect(media.kicked).toEqual(['s-floor']);
		expect(reconciler.ingest(FLOOR_BOOTH).status).toBe('disconnected');
	});
});

describe('a handover', () => {
	async function accepted(): Promise<void> {
		await live();
		booths.join(FRENCH, ben);
		booths.act(FRENCH, ana, { type: 'offer', to: ben });
		booths.act(FRENCH, ben, { type: 'accept' });
		booths.act(FRENCH, ben, { type: 'ticket-issued' });
	}

	it('moves the right with the first packet of the newcomer, and ends the outgoing session', async () => {
		await accepted();
		media.connect('s-ben', FR.path, 'seat:ben');
		await speaking(2);
		expect(booths.phase(FRENCH).kind).toBe('handing-over');
		media.speak('s-ben');
		await vi.advanceTimersByTimeAsync(250);
		expect(booths.phase(FRENCH)).toMatchObject({ kind: 'live', active: { seat: ben } });
		expect(media.kicked).not.toContain('s-ben');
	});

	it('that expired ends the newcomer, also before their first packet', async () => {
		await accepted();
		media.connect('s-ben', FR.path, 'seat:ben');
		await speaking(11);
		await booths.port.report(FRENCH, { type: 'tick' });
		await vi.advanceTimersByTimeAsync(20);
		expect(booths.phase(FRENCH)).toMatchObject({ kind: 'live', active: { seat: ana } });
		expect(media.kicked).toEqual(['s-ben']);
	});
});

describe('the media server', () => {
	it('that misses one answer changes nothing for anybody', async () => {
		await live();
		await speaking(2);
		told.length = 0;
		media.mode = 'refused';
		await seconds(1);
		media.mode = 'up';
		await speaking(5);
		expect(booths.phase(FRENCH).kind).toBe('live');
		expect(told).toEqual([]);
		expect(mediaTold).toEqual([]);
	});

	it('that is gone is said, and after 3 s the booth is off air', async () => {
		await live();
		media.mode = 'refused';
		await seconds(2.2);
		expect(mediaTold).toEqual([false]);
		expect(reconciler.mediaOk()).toBe(false);
		expect(reconciler.ingest(FRENCH).listeners).toBeNull();
		expect(booths.phase(FRENCH).kind).toBe('live');
		await seconds(2);
		expect(booths.phase(FRENCH)).toMatchObject({ kind: 'ready', reason: 'sound-lost' });
		expect(reconciler.ingest(FRENCH).status).toBe('disconnected');
	});

	it('that came back has its paths again, and what is true is found out', async () => {
		await live();
		media.mode = 'refused';
		media.restart();
		await seconds(2);
		media.mode = 'up';
		await seconds(2);
		expect(media.paths.size).toBe(3);
		expect(mediaTold).toEqual([false, true]);
		expect(booths.phase(FRENCH)).toMatchObject({ kind: 'ready', reason: 'sound-lost' });
		booths.act(FRENCH, ana, { type: 'go-live' });
		media.connect('s-ana-2', FR.path, 'seat:ana');
		media.speak('s-ana-2');
		await vi.advanceTimersByTimeAsync(250);
		expect(booths.phase(FRENCH).kind).toBe('live');
	});

	it('that hangs leaves the booth live for long, since the sound may go on, but not for ever', async () => {
		await live();
		media.mode = 'hanging';
		await seconds(20);
		expect(reconciler.mediaOk()).toBe(false);
		expect(booths.phase(FRENCH).kind).toBe('live');
		await seconds(15);
		expect(booths.phase(FRENCH).kind).toBe('ready');
	});

	it('that hung and went on carrying the sound finds the booth as it was', async () => {
		await live();
		media.mode = 'hanging';
		await speaking(10);
		media.mode = 'up';
		await speaking(5);
		expect(booths.phase(FRENCH).kind).toBe('live');
		expect(media.kicked).toEqual([]);
	});

	it('is never asked twice at the same time by the loop, however slow it is', async () => {
		reconciler.start();
		await seconds(1);
		media.mode = 'hanging';
		media.calls.clear();
		await seconds(10);
		expect(media.calls.get('listPaths')).toBeLessThanOrEqual(6);
		expect(media.underWay()).toBeLessThanOrEqual(1);
	});

	it('is asked once a second for everything, not once per booth', async () => {
		all = [FL, ...Array.from({ length: 50 }, (_, n) => found(boothId(100 + n), lang(n)))];
		reconciler.start();
		await seconds(60);
		media.calls.clear();
		await seconds(10);
		const total = [...media.calls.values()].reduce((sum, count) => sum + count, 0);
		expect(total).toBeLessThanOrEqual(13);
	});
});

describe('a portal that starts', () => {
	it('keeps a booth live whose sound went on, and ends nobody', async () => {
		media.connect('s-ana', FR.path, 'seat:ana');
		media.speak('s-ana');
		booths.join(FRENCH, ana);
		booths.set(FRENCH, {
			kind: 'live',
			active: { seat: ana, person: personId('user:ana'), name: 'ana' },
			since: 900_000
		});
		media.paths.set(FR.path, { alwaysAvailable: true });
		reconciler.start();
		await speaking(8);
		expect(booths.phase(FRENCH)).toMatchObject({ kind: 'live', since: 900_000 });
		expect(booths.observed).toEqual([]);
		expect(media.kicked).toEqual([]);
	});

	it('finds out that a sound ended meanwhile', async () => {
		booths.join(FRENCH, ana);
		booths.set(FRENCH, {
			kind: 'live',
			active: { seat: ana, person: personId('user:ana'), name: 'ana' },
			since: 900_000
		});
		reconciler.start();
		await seconds(1);
		expect(booths.phase(FRENCH)).toMatchObject({ kind: 'ready', reason: 'sound-lost' });
	});

	it('begins while the media server is away', async () => {
		media.mode = 'refused';
		reconciler.start();
		await seconds(3);
		expect(mediaTold).toEqual([false]);
		media.mode = 'up';
		await seconds(2);
		expect(media.paths.size).toBe(3);
		expect(mediaTold).toEqual([false, true]);
	});

	it('asks for nothing any more when it stops', async () => {
		await live();
		await reconciler.stop();
		media.calls.clear();
		booths.act(FRENCH, ana, { type: 'stop' });
		await seconds(5);
		expect(media.calls.size).toBe(0);
	});
});

function lang(n: number): LanguageCode {
	return language(`a${String.fromCharCode(97 + (n % 26))}-${n < 26 ? 'DE' : 'AT'}`);
}
