import { SIGNAL_CODES, SIGNAL_SHOWN_MS } from '#lib/domain/desk/alerts.ts';
import type { EventId } from '#lib/domain/ids.ts';
import type {
	DeskBooth,
	DeskChanges,
	DeskEntry,
	DeskSnapshot,
	SpeakerView
} from '#lib/protocol/control.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { Events, FoundBooth, FoundEvent, FoundRoom } from '../events/events.ts';
import type { Board } from './board.ts';
import type { DeskLog } from './desk-log.ts';

/** One open page, and what it was told last. */
export type Watcher =
	| {
			readonly kind: 'desk';
			/** Booths this person may coordinate now. */
			mine: () => readonly FoundBooth[];
			readonly told: Map<number, string>;
			toldEntries: string;
	  }
	| { readonly kind: 'speaker'; readonly room: FoundRoom; told: string };

type Desk = Extract<Watcher, { kind: 'desk' }>;
type Speaker = Extract<Watcher, { kind: 'speaker' }>;

/** What desks and speakers' pages are shown: everything at first, then what is new. */
export type DeskFeed = {
	first(event: FoundEvent, watcher: Watcher): Promise<DeskSnapshot | SpeakerView>;
	entries(event: EventId): Promise<readonly DeskEntry[]>;
	/** Null when nothing is new. */
	changes(watcher: Desk, entries: readonly DeskEntry[]): DeskChanges | null;
	speaker(watcher: Speaker, entries: readonly DeskEntry[]): SpeakerView | null;
	stop(): void;
};

export function createDeskFeed({
	board,
	deskLog,
	events,
	ingest,
	now = Date.now
}: {
	board: Board;
	deskLog: Pick<DeskLog, 'of' | 'onChange'>;
	events: Pick<Events, 'rooms'>;
	ingest: Pick<Reconciler, 'mediaOk'>;
	now?: () => number;
}): DeskFeed {
	/** Asked for once, however many desks are open, and again when somebody says that something changed. */
	const kept = new Map<EventId, Promise<readonly DeskEntry[]>>();
	const unsubscribe = deskLog.onChange((event) => kept.delete(event));

	function entries(event: EventId): Promise<readonly DeskEntry[]> {
		const known = kept.get(event);
		if (known) return known;
		const asked = deskLog.of(event);
		kept.set(event, asked);
		asked.catch(() => kept.delete(event));
		return asked;
	}

	/** Takes note of what is told; the booths of which something is new. */
	function news(watcher: Desk): { booths: DeskBooth[]; gone: number[] } {
		const booths = watcher.mine().map(board.booth);
		const fresh = booths.filter((booth) => {
			const text = JSON.stringify(booth);
			if (watcher.told.get(booth.booth) === text) return false;
			watcher.told.set(booth.booth, text);
			return true;
		});
		const here = new Set(booths.map(({ booth }) => booth));
		const gone = [...watcher.told.keys()].filter((booth) => !here.has(booth));
		for (const booth of gone) watcher.told.delete(booth);
		return { booths: fresh, gone };
	}

	function seenBy(watcher: Desk, all: readonly DeskEntry[]): DeskEntry[] {
		const mine = new Set<number>(watcher.mine().map(({ booth }) => booth.id));
		return all.filter(({ booth }) => booth !== null && mine.has(booth));
	}

	function signalsIn({ room }: FoundRoom, all: readonly DeskEntry[]): SpeakerView['signals'] {
		const here = new Set<number>(
			board.booths().flatMap((found) => (found.room.id === room.id ? found.booth.id : []))
		);
		const open = all.filter(
			(one) =>
				one.kind === 'signal' &&
				one.state === 'open' &&
				one.booth !== null &&
				here.has(one.booth) &&
				(one.code === 'cannot_interpret' || now() - one.openedAt < SIGNAL_SHOWN_MS)
		);
		return SIGNAL_CODES.flatMap((code) => {
			const given = open.filter((one) => one.code === code);
			if (given.length === 0) return [];
			const booths = new Set(given.map(({ booth }) => booth)).size;
			return [{ code, booths, at: Math.max(...given.map(({ openedAt }) => openedAt)) }];
		});
	}

	function shown({ room: { event, room } }: Speaker, signals: SpeakerView['signals']): SpeakerView {
		return {
			event: { slug: event.slug, name: event.name },
			room: { slug: room.slug, name: room.name, main: room.main },
			...{ signals, serverNow: now() }
		};
	}

	return {
		entries,

		async first(event, watcher) {
			const all = await entries(event.id);
			if (watcher.kind === 'speaker') return shown(watcher, signalsIn(watcher.room, all));
			const rooms = await events.rooms(event.id);
			const { booths } = news(watcher);
			const mine = seenBy(watcher, all);
			watcher.toldEntries = JSON.stringify(mine);
			const used = new Set(watcher.mine().map(({ room }) => room.slug));
			return {
				event: { slug: event.slug, name: event.name },
				rooms: rooms
					.map(({ room: { slug, name, main } }) => ({ slug, name, main }))
					.filter(({ slug }) => used.has(slug)),
				...{ booths, entries: mine, mediaOk: ingest.mediaOk(), serverNow: now() }
			};
		},

		changes(watcher, all) {
			const { booths, gone } = news(watcher);
			const mine = seenBy(watcher, all);
			const text = JSON.stringify(mine);
			const isNew = text !== watcher.toldEntries;
			watcher.toldEntries = text;
			if (booths.length === 0 && gone.length === 0 && !isNew) return null;
			return {
				...{ booths, gone, entries: isNew ? mine : null },
				...{ mediaOk: ingest.mediaOk(), serverNow: now() }
			};
		},

		speaker(watcher, all) {
			const signals = signalsIn(watcher.room, all);
			const text = JSON.stringify(signals);
			if (text === watcher.told) return null;
			watcher.told = text;
			return shown(watcher, signals);
		},

		stop: unsubscribe
	};
}
