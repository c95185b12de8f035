import type { BoothId, PersonId, SeatId } from '#lib/domain/ids.ts';

/**
 * What a booth is, at one moment. All times are epoch milliseconds of the server's clock.
 *
 * A *seat* is one open page of one person: the microphone right belongs to a seat, so that a reload or a
 * second tab of the same person holds nothing by itself.
 */
export type Seat = { readonly seat: SeatId; readonly person: PersonId; readonly name: string };

/** What a person came to do. Only interpreters can hold the microphone right. */
export type ParticipantRole = 'interpreter' | 'coordinator' | 'observer';

export type Participant = Seat & {
	readonly role: ParticipantRole;
	readonly joinedAt: number;
	/** The portal process that holds the socket; a portal that dies loses its sockets without a goodbye. */
	readonly portal: string;
	readonly presence: Presence;
	/** The booth they interpret from instead of the floor; absent or null: the floor. */
	readonly relay?: BoothId | null;
	/** Whether their voice may become captions. Absent: nobody asked, as with programs that publish. */
	readonly captions?: boolean;
};

export type Presence =
	{ readonly kind: 'here' } | { readonly kind: 'lost'; readonly since: number };

/** Why a booth is `ready` and not on air; shown to the people in it. */
export type ReadyReason =
	| 'not-asked'
	| 'stopped'
	| 'taken-off' // by a coordinator, who said why
	| 'no-sound' // asked to go live, nothing arrived within GOING_LIVE_MS
	| 'sound-lost' // was live, the media server stopped receiving
	| 'seat-lost' // the former holder is gone for longer than the grace
	| 'given' // the right came by handover, request or set-active
	| 'reopened';

export type Handover = {
	readonly to: Seat;
	/** After this moment the step expires by itself. */
	readonly deadline: number;
} & (
	| { readonly step: 'offered' } // the outgoing one offered; `to` answers
	| { readonly step: 'requested' } // `to` asked; the outgoing one answers
	| { readonly step: 'accepted' } // agreed; `to` may publish
	| { readonly step: 'arriving' } // `to` has a publish token; its sound is awaited
);

export type Phase =
	| { readonly kind: 'closed' }
	| { readonly kind: 'empty' }
	| { readonly kind: 'ready'; readonly active: Seat; readonly reason: ReadyReason }
	| { readonly kind: 'going-live'; readonly active: Seat; readonly deadline: number }
	| { readonly kind: 'live'; readonly active: Seat; readonly since: number }
	| {
			readonly kind: 'handing-over';
			readonly active: Seat;
			readonly since: number;
			readonly handover: Handover;
	  };

export type BoothState = {
	readonly participants: readonly Participant[];
	readonly phase: Phase;
};

/** Whether what is on air now may become captions, by the will of the one who speaks. */
export function mayCaption({ phase, participants }: BoothState): boolean {
	if (phase.kind === 'closed' || phase.kind === 'empty') return true;
	const { seat } = phase.active;
	return participants.find((one) => one.seat === seat)?.captions !== false;
}

export const EMPTY_BOOTH: BoothState = { participants: [], phase: { kind: 'empty' } };

export const GOING_LIVE_MS = 10_000;
export const HANDOVER_ANSWER_MS = 60_000;
export const HANDOVER_ARRIVAL_MS = 10_000;
export const SEAT_GRACE_MS = 10_000;
