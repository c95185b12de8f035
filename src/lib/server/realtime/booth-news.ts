import { participantOf } from '#lib/domain/booth/seats.ts';
import { view } from '#lib/domain/booth/view.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import {
	CHAT_HISTORY_LENGTH,
	type BoothNotice,
	type BoothView,
	type ChatMessage
} from '#lib/protocol/booth.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { Booths } from '../booths/service.ts';
import type { Board } from '../desk/board.ts';
import type { Captions } from '../captions/captions.ts';
import { cut } from './ending.ts';
import { relayOptions } from './relay-options.ts';
import type { Seated, Seating } from './seating.ts';

/** What the pages in a booth are told of its own accord: each its own view, notices, chat. */
export type BoothNews = {
	/** The booth as this page may see it now; null when the booth is gone. */
	viewFor(seated: Seated): BoothView | null;
	/** Shows everybody in the booth the newest state. */
	show(booth: BoothId): void;
	say(booth: BoothId, notices: readonly BoothNotice[]): void;
	pass(booth: BoothId, message: ChatMessage): void;
};

export function createBoothNews({
	seating,
	known,
	board,
	captions,
	ingest,
	comeBack,
	portalId,
	now
}: {
	seating: Seating;
	known: Booths['known'];
	board: Pick<Board, 'turnSince'>;
	captions: Pick<Captions, 'status'>;
	ingest: Pick<Reconciler, 'found' | 'ingest' | 'mediaOk'>;
	/** The booth counts this page as lost, though its socket is here. */
	comeBack: (seated: Seated) => void;
	portalId: string;
	now: () => number;
}): BoothNews {
	function viewFor(seated: Seated): BoothView | null {
		const { found, seat, permissions } = seated;
		const stored = known.get(found.booth.id);
		if (!stored) return null;
		const { phase, participants, acts } = view(stored.state, permissions, seat);
		const { status, listeners } = ingest.ingest(found.booth.id);
		return {
			booth: found.booth.id,
			version: stored.version,
			serverNow: now(),
			event: { slug: found.event.slug, name: found.event.name },
			room: { slug: found.room.slug, name: found.room.name, main: found.room.main },
			language: found.booth.language,
			phase,
			participants: [...participants],
			ingest_status: status,
			listeners,
			media_ok: ingest.mediaOk(),
			captions: captions.status(found.booth.id),
			relays: relayOptions(found, known, ingest),
			turnSince: board.turnSince(found.booth.id),
			you: { seat, acts: [...acts] }
		};
	}

	/** Made when it is sent: a page that was behind gets the state of that moment, never an older one. */
	function send(seated: Seated): void {
		const shown = viewFor(seated);
		if (!shown || shown.version < seated.told || seating.of(seated.socket) !== seated) return;
		seated.told = shown.version;
		seated.socket.emit('booth:state', shown);
	}

	const inside = (booth: BoothId) => seating.in(booth).filter(({ entry }) => entry.kind === 'in');

	return {
		viewFor,

		show(booth) {
			const state = known.get(booth)?.state;
			if (!state) return;
			for (const seated of inside(booth)) {
				const own = participantOf(state, seated.seat);
				const isElsewhere = own?.presence.kind === 'here' && own.portal !== portalId;
				if (!own || isElsewhere) {
					// Given up by a portal that took us for dead, or the page has come back at another portal: this
					// connection is none any more. A page that is still there joins again and hears what it holds.
					seating.remove(seated);
					cut(seated.socket, own ? 'seat_moved_on' : 'seat_gone');
					continue;
				}
				if (own.presence.kind === 'lost') comeBack(seated);
				seated.socket.data.outbox.show(() => send(seated));
			}
		},

		say(booth, notices) {
			for (const { socket } of inside(booth))
				for (const notice of notices)
					socket.data.outbox.say(() => socket.emit('booth:notice', notice));
		},

		pass(booth, message) {
			for (const { socket, permissions, entry } of seating.in(booth)) {
				if (!permissions.includes('booth:chat')) continue;
				if (entry.kind === 'entering') {
					// A join whose answer failed may stay like this until the page tries again.
					if (entry.chat.push(message) > CHAT_HISTORY_LENGTH) entry.chat.shift();
				} else socket.data.outbox.say(() => socket.emit('booth:chat', message));
			}
		}
	};
}
