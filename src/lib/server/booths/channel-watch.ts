import {
	countIngest,
	isOverloaded,
	isStalled,
	lossShare,
	NO_INGEST,
	type Ingest
} from '#lib/domain/booth/ingest.ts';
import { listenForQuiet, NOT_QUIET, quietForMs, type Quiet } from '#lib/domain/booth/quiet.ts';
import type { ChannelSound, PublishSession } from '#lib/domain/booth/sound.ts';
import type { SeatId } from '#lib/domain/ids.ts';
import { FLOOR } from '#lib/domain/language.ts';
import type { IngestStatus } from '#lib/protocol/booth.ts';
import type { FoundBooth } from '../events/events.ts';
import type { Publisher } from '../media/media-server.ts';
import { publisherOf } from '../media/tickets.ts';

/** What the people of a booth are told about its channel; from the media server alone. */
export type ChannelIngest = { readonly status: IngestStatus; readonly listeners: number };

/** How the sound of a channel arrives at the media server, for those who watch over it. */
export type ChannelFigures = {
	/** dBFS, at most 0 and −127 for silence; null where the media server does not tell. */
	readonly levelDb: number | null;
	/** For how long nothing but silence has arrived, ms. */
	readonly quietMs: number;
	/** Share of the uplink lost over the last seconds, 0–1. */
	readonly loss: number;
	readonly jitterMs: number | null;
};

/** One channel as the media server showed it last. Times are epoch ms. */
export class ChannelWatch {
	found: FoundBooth;
	listeners = 0;
	#ingest: Ingest = NO_INGEST;
	#quiet: Quiet = NOT_QUIET;
	#jitterMs: number | null = null;
	#seat: SeatId | null = null;
	/** Fed by something that is no session of ours, such as a stream MediaMTX pulls. */
	#fedOtherwise = false;
	#intruderSince: number | null = null;
	#seenAt = 0;

	constructor(found: FoundBooth) {
		this.found = found;
	}

	/** A floor has no interpreters: whoever holds a ticket for it may publish. */
	get isFloor(): boolean {
		return this.found.booth.language === FLOOR;
	}

	get onAir(): boolean {
		return this.#ingest.session !== null;
	}

	/** Who publishes now, or nobody; `at` is when the media server was asked. */
	see(publisher: Publisher | null, at: number, fedOtherwise = false): void {
		// Two looks at once: the older answer has nothing new to say.
		if (at < this.#seenAt) return;
		this.#seenAt = at;
		this.#fedOtherwise = fedOtherwise;
		this.#seat = publisher === null ? null : seatOf(publisher);
		this.#ingest = countIngest(this.#ingest, publisher?.sessionId ?? null, {
			at,
			packets: publisher?.packets ?? 0,
			lost: publisher?.packetsLost ?? 0
		});
	}

	/** What a regular round saw beside who publishes: how loud it is. */
	hear(publisher: Publisher | null, levelDb: number | null, at: number): void {
		this.#jitterMs = publisher?.jitterMs ?? null;
		this.#quiet = listenForQuiet(this.#quiet, {
			session: publisher?.sessionId ?? null,
			...{ at, levelDb, bytes: publisher?.inboundBytes ?? 0, packets: publisher?.packets ?? 0 }
		});
	}

	figures(): ChannelFigures {
		return {
			levelDb: this.#quiet.levelDb,
			quietMs: quietForMs(this.#quiet, this.#quiet.at),
			loss: lossShare(this.#ingest),
			jitterMs: this.#jitterMs
		};
	}

	/** What the channel's sound was at the last look, for the rules of the booth. */
	sound(waiting: readonly Publisher[]): ChannelSound {
		const session = this.#ingest.session;
		const at = this.#seenAt;
		return {
			onAir:
				session === null
					? null
					: { session, seat: this.#seat, stalled: isStalled(this.#ingest, at) },
			waiting: waiting.map(sessionOf),
			intrudedForMs: this.#intruderSince === null ? 0 : at - this.#intruderSince
		};
	}

	/** Remembers since when a session that may not publish is the one on air. */
	intruded(intruder: boolean, at: number): void {
		this.#intruderSince = intruder ? (this.#intruderSince ?? at) : null;
	}

	/** Judged at the moment of the last look: a time in which nobody looked says nothing about the sound. */
	ingest(): ChannelIngest {
		const { listeners } = this;
		if (this.#fedOtherwise) return { status: 'connected', listeners };
		const isHeard =
			this.onAir && !isStalled(this.#ingest, this.#seenAt) && this.#intruderSince === null;
		if (!isHeard) return { status: 'disconnected', listeners };
		return { status: isOverloaded(this.#ingest) ? 'overloaded' : 'connected', listeners };
	}
}

export function sessionOf(publisher: Publisher): PublishSession {
	return { session: publisher.sessionId, seat: seatOf(publisher) };
}

function seatOf({ user }: Publisher): SeatId | null {
	const holder = publisherOf(user);
	return holder !== null && 'seat' in holder ? holder.seat : null;
}
