import type { BoothState, Phase } from '#lib/domain/booth/state.ts';
import { boothId, type BoothId, type EventId } from '#lib/domain/ids.ts';
import { FLOOR } from '#lib/domain/language.ts';
import { unreachable } from '#lib/domain/result.ts';
import type { IngestStatus } from '#lib/protocol/booth.ts';
import type { ChannelState, ListenRoom, ListenSnapshot } from '#lib/protocol/listen.ts';
import type { Db } from '../db/database.ts';
import type { Log } from '../log.ts';
import { statesOf } from './channel-states.ts';
import { offersOf, type EventOffers } from './event-offers.ts';
import type { Events, FoundBooth, FoundEvent } from './events.ts';
import { repeating } from '../repeating.ts';

/** Rooms and booths of an event are asked for again this often, while anybody asks. */
const REREAD_MS = 5_000;
/** Changes are told at once; booths that are new, and what portals failed to tell each other, after this. */
const LOOK_AGAIN_MS = 2_000;
/** What an organiser changed at another portal is known here after this. */
const READ_AGAIN_MS = 10_000;

/** What the audience sees of an event: its channels and whether a voice is arriving in them. */
export type Channels = {
	snapshot(event: FoundEvent): Promise<ListenSnapshot>;
	/** Channels of an event that changed, told at once; only of events somebody asked for before. */
	onChange(listener: (event: EventId, changed: ChannelState[]) => void): () => void;
	/** The rooms of an event that somebody asked for before, when one of them changed. */
	onRooms(listener: (event: EventId, rooms: ListenRoom[]) => void): () => void;
	/** Looks at the database again: at one event that an organiser changed, or at all that anybody asked for. */
	refresh(event?: EventId): Promise<void>;
	/** Looks again every few seconds, for what nobody told. */
	start(): void;
	stop(): Promise<void>;
};

type Board = {
	event: FoundEvent;
	rooms: ListenSnapshot['rooms'];
	channels: Map<BoothId, ChannelState>;
	offers: EventOffers;
	readAt: number;
};
type Air = Pick<ChannelState, 'air' | 'since'>;

export function createChannels({
	db,
	events,
	booths,
	ingest,
	log,
	now = Date.now
}: {
	db: Db;
	events: Pick<Events, 'booths' | 'rooms'>;
	booths: {
		onChange(
			listener: (change: { boothId: BoothId; after: BoothState; version: number }) => void
		): unknown;
	};
	/** The floor has no interpreter: it is on air when the media server receives something there. */
	ingest: {
		ingest(booth: BoothId): { readonly status: IngestStatus };
		onIngest(listener: (booths: readonly BoothId[]) => void): unknown;
	};
	log: Log;
	now?: () => number;
}): Channels {
	const boards = new Map<EventId, Board>();
	const boardOf = new Map<BoothId, Board>();
	/** Newest version of each booth's state that was taken in: an answer that was under way may be older. */
	const versions = new Map<BoothId, number>();
	const reading = new Map<EventId, Promise<Board>>();
	const listeners = new Set<(event: EventId, changed: ChannelState[]) => void>();
	const roomListeners = new Set<(event: EventId, rooms: ListenRoom[]) => void>();
	const loop = repeating(poll, {
		everyMs: LOOK_AGAIN_MS,
		failed: (error) => log.error({ err: error }, 'channels not read')
	});

	function read(event: FoundEvent): Promise<Board> {
		// A hall of phones that joins at once makes one question.
		const underWay = reading.get(event.id);
		if (underWay !== undefined) return underWay;
		const begun = readNow(event).finally(() => reading.delete(event.id));
		reading.set(event.id, begun);
		return begun;
	}

	async function readNow(event: FoundEvent): Promise<Board> {
		const [rooms, found, states, offers] = await Promise.all([
			events.rooms(event.id),
			events.booths(event.id),
			statesOf(db, [event.id]),
			offersOf(db, event.id)
		]);
		const before = boards.get(event.id);
		const board: Board = before ?? { event, rooms: [], channels: new Map(), offers, readAt: 0 };
		const roomsBefore = JSON.stringify(board.rooms);
		board.rooms = rooms.map(({ room: { slug, name, main, listenerDelayMs } }) => ({
			slug,
			name,
			main,
			delayMs: listenerDelayMs
		}));
		board.event = event;
		board.readAt = now();
		board.offers = offers;
		const known = board.channels;
		board.channels = new Map(
			found.map((each) => {
				const id = each.booth.id;
				const row = states.get(id);
				const seen = known.get(id);
				const isOld = row !== undefined && row.version < (versions.get(id) ?? 0);
				if (row !== undefined && !isOld) versions.set(id, row.version);
				const air = isOld && seen !== undefined ? seen : airOf(each, row?.state);
				return [id, channelOf(each, air, row?.captions ?? false, seen)];
			})
		);
		boards.set(event.id, board);
		for (const each of found) boardOf.set(each.booth.id, board);
		const gone = [...known.values()].filter(({ booth }) => !board.channels.has(boothId(booth)));
		for (const { booth } of gone) boardOf.delete(boothId(booth));
		if (before && JSON.stringify(board.rooms) !== roomsBefore)
			for (const listener of roomListeners) listener(event.id, board.rooms);
		if (before)
			tell(board, [
				...[...board.channels.values()].filter((each) => each !== known.get(boothId(each.booth))),
				// Whoever listens there hears the floor, and does not find it again the next time they ask.
				...gone.map((each): ChannelState => ({ ...each, air: 'closed', since: now() }))
			]);
		return board;
	}

	function airOf({ booth }: FoundBooth, state: BoothState | undefined): Air {
		if (state?.phase.kind === 'closed') return { air: 'closed', since: 0 };
		if (booth.language !== FLOOR) return voiceIn(state?.phase ?? { kind: 'empty' });
		const { status } = ingest.ingest(booth.id);
		return { air: status === 'disconnected' ? 'off' : 'on', since: 0 };
	}

	/** A booth's state as it was told or read, unless a newer one is known. */
	function takeIn(booth: BoothId, state: BoothState, version: number): void {
		if (version < (versions.get(booth) ?? 0)) return;
		versions.set(booth, version);
		const known = boardOf.get(booth)?.channels.get(booth);
		if (known !== undefined && known.language !== FLOOR) put(booth, voiceIn(state.phase));
	}

	/** Takes in what one channel is now. */
	function put(booth: BoothId, air: Air): void {
		const board = boardOf.get(booth);
		const known = board?.channels.get(booth);
		if (board === undefined || known === undefined || known.air === air.air) return;
		const next = { ...known, air: air.air, since: air.since || now() };
		board.channels.set(booth, next);
		tell(board, [next]);
	}

	/** A change seen for the first time happened now, as far as anybody knows. */
	function channelOf(
		found: FoundBooth,
		air: Air,
		captions: boolean,
		known: ChannelState | undefined
	): ChannelState {
		const next: ChannelState = {
			booth: found.booth.id,
			room: found.room.main ? null : found.room.slug,
			language: found.booth.language,
			path: found.path,
			air: air.air,
			since: air.since,
			captions,
			replay: found.booth.recordingConsent
		};
		if (known === undefined) return next;
		if (known.air !== next.air) return { ...next, since: next.since || now() };
		const isSame =
			known.path === next.path && known.captions === next.captions && known.replay === next.replay;
		return isSame ? known : { ...next, since: known.since };
	}

	function tell(board: Board, changed: ChannelState[]): void {
		if (changed.length > 0) for (const listener of listeners) listener(board.event.id, changed);
	}

	booths.onChange(({ boothId: booth, after, version }) => takeIn(booth, after, version));
	ingest.onIngest((changed) => {
		for (const booth of changed) {
			const known = boardOf.get(booth)?.channels.get(booth);
			if (known?.language !== FLOOR || known.air === 'closed') continue;
			const { status } = ingest.ingest(booth);
			put(booth, { air: status === 'disconnected' ? 'off' : 'on', since: 0 });
		}
	});

	return {
		async snapshot(event) {
			const known = boards.get(event.id);
			const isFresh = known !== undefined && now() - known.readAt < REREAD_MS;
			const board = isFresh ? known : await read(event);
			return {
				event: { slug: event.slug, name: event.name, notes: event.venueNotes },
				rooms: board.rooms,
				channels: [...board.channels.values()],
				offers: board.offers,
				serverNow: now()
			};
		},

		onChange(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},

		onRooms(listener) {
			roomListeners.add(listener);
			return () => roomListeners.delete(listener);
		},

		refresh,

		start: loop.start,
		stop: loop.stop
	};

	async function refresh(event?: EventId): Promise<void> {
		for (const board of boards.values())
			if (event === undefined || board.event.id === event) {
				// An answer that is under way may be older than the change.
				await reading.get(board.event.id);
				await read(board.event);
			}
	}

	/** One question for all events: booths that are new or gone, settings that changed, and states nobody told. */
	async function poll(): Promise<void> {
		if (boards.size === 0) return;
		const states = await statesOf(db, [...boards.keys()]);
		const stale = new Set<EventId>();
		for (const [booth, row] of states) {
			const known = boardOf.get(booth)?.channels.get(booth);
			if (known === undefined || known.captions !== row.captions) stale.add(row.event);
			else takeIn(booth, row.state, row.version);
		}
		for (const [id, board] of boards) {
			const lost = [...board.channels.keys()].some((booth) => !states.has(booth));
			if (lost || stale.has(id) || now() - board.readAt > READ_AGAIN_MS) await read(board.event);
		}
	}
}

/** `since` is 0 where the booth's state does not say; it is filled with the moment the change was seen. */
function voiceIn(phase: Phase): Air {
	switch (phase.kind) {
		case 'closed':
			return { air: 'closed', since: 0 };
		case 'empty':
		case 'ready':
		case 'going-live':
			return { air: 'off', since: 0 };
		case 'live':
		case 'handing-over':
			return { air: 'on', since: phase.since };
		default:
			return unreachable(phase);
	}
}
