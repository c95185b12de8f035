import type { DefaultEventsMap, Socket } from 'socket.io';
import type { Actor } from '#lib/domain/access/policy.ts';
import type { BoothPermission } from '#lib/domain/booth/command.ts';
import type { ParticipantRole } from '#lib/domain/booth/state.ts';
import type { BoothId, PersonId, SeatId } from '#lib/domain/ids.ts';
import type { BoothClientEvents, BoothServerEvents, ChatMessage } from '#lib/protocol/booth.ts';
import type { FoundBooth } from '../events/events.ts';
import type { Outbox } from './outbox.ts';

export type BoothSocket = Socket<
	BoothClientEvents,
	BoothServerEvents,
	DefaultEventsMap,
	{
		actor: Actor;
		outbox: Outbox;
		/** Ends when the join under way has; everything else this page asks for comes after it. */
		entering: Promise<unknown>;
	}
>;

/** A socket of this portal that holds, or is about to hold, a seat in a booth. */
export type Seated = {
	readonly socket: BoothSocket;
	readonly found: FoundBooth;
	readonly seat: SeatId;
	readonly person: PersonId;
	readonly role: ParticipantRole;
	permissions: readonly BoothPermission[];
	/** Until the join is answered nothing else is sent; chat that comes meanwhile goes with the answer. */
	entry: { readonly kind: 'entering'; readonly chat: ChatMessage[] } | { readonly kind: 'in' };
	/** The newest version this page was shown. */
	told: number;
};

/** Who sits where on this portal. A seat has one socket, a socket at most one seat. */
export class Seating {
	readonly #byBooth = new Map<BoothId, Set<Seated>>();
	readonly #bySeat = new Map<SeatId, Seated>();
	readonly #bySocket = new Map<BoothSocket, Seated>();

	/** @returns the socket that held the seat before, if it is another one */
	put(seated: Seated): BoothSocket | null {
		const former = this.#bySeat.get(seated.seat);
		if (former) this.remove(former);
		const sitting = this.#bySocket.get(seated.socket);
		if (sitting) this.remove(sitting);
		const booth = seated.found.booth.id;
		this.#byBooth.set(booth, (this.#byBooth.get(booth) ?? new Set()).add(seated));
		this.#bySeat.set(seated.seat, seated);
		this.#bySocket.set(seated.socket, seated);
		return former && former.socket !== seated.socket ? former.socket : null;
	}

	/** @returns false when it does not sit here any more, for example because its seat moved on */
	remove(seated: Seated): boolean {
		if (this.#bySeat.get(seated.seat) !== seated) return false;
		const booth = seated.found.booth.id;
		this.#bySeat.delete(seated.seat);
		this.#bySocket.delete(seated.socket);
		this.#byBooth.get(booth)?.delete(seated);
		if (this.#byBooth.get(booth)?.size === 0) this.#byBooth.delete(booth);
		return true;
	}

	has(seat: SeatId): boolean {
		return this.#bySeat.has(seat);
	}

	of(socket: BoothSocket): Seated | null {
		return this.#bySocket.get(socket) ?? null;
	}

	/** A copy, since telling one of them may end it. */
	in(booth: BoothId): readonly Seated[] {
		return [...(this.#byBooth.get(booth) ?? [])];
	}

	booths(): readonly BoothId[] {
		return [...this.#byBooth.keys()];
	}

	all(): readonly Seated[] {
		return [...this.#bySeat.values()];
	}
}
