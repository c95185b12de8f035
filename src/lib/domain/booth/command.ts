import type { Permission } from '#lib/domain/access/policy.ts';
import type { BoothId, PersonId, SeatId } from '#lib/domain/ids.ts';
import type { ParticipantRole } from './state.ts';

/** What a page asks for. `join` makes the caller's seat; every other one needs it to be there. */
export type SeatCommand =
	| {
			readonly type: 'join';
			readonly person: PersonId;
			readonly name: string;
			readonly role: ParticipantRole;
			readonly portal: string;
	  }
	/** The same page is back after its socket was lost. */
	| { readonly type: 'return'; readonly person: PersonId; readonly portal: string }
	| { readonly type: 'leave' }
	| { readonly type: 'go-live' }
	| { readonly type: 'stop' }
	| { readonly type: 'offer'; readonly to: SeatId }
	| { readonly type: 'request' }
	| { readonly type: 'accept' }
	| { readonly type: 'decline' }
	| { readonly type: 'cancel' }
	/** The caller is about to get a publish token; refused when they may not publish now. */
	| { readonly type: 'ticket-issued' }
	| { readonly type: 'set-active'; readonly to: SeatId }
	/** Takes whoever is on air off; they may go live again themselves. */
	| { readonly type: 'take-off'; readonly reason: string }
	| { readonly type: 'open' }
	| { readonly type: 'close' }
	/** Interprets from another booth; null for the floor. Loops are refused before (`relay.ts`). */
	| { readonly type: 'relay'; readonly from: BoothId | null }
	/** Agrees that the own voice becomes captions, or not any more. */
	| { readonly type: 'consent'; readonly captions: boolean };

/** What the portal itself reports; no page can send these. */
export type PortalCommand =
	/** The socket of a seat is gone. Ignored when the seat has meanwhile moved to another portal. */
	| { readonly type: 'disconnect'; readonly seat: SeatId; readonly portal: string }
	/** A portal process died and all its sockets with it. */
	| { readonly type: 'portal-lost'; readonly portal: string }
	/**
	 * Whose sound the media server receives; null for nobody's. `at` is when the media server was *asked*
	 * (epoch ms): an answer asked for before the state last changed says nothing about it.
	 */
	| { readonly type: 'media-observed'; readonly publisher: SeatId | null; readonly at: number }
	/**
	 * A portal has started: while none was there nobody could come back, answer or be heard, so every wait
	 * begins anew.
	 */
	| { readonly type: 'portal-started' }
	/** Time went by: what is overdue expires. */
	| { readonly type: 'tick' };

export type BoothCommand = SeatCommand | PortalCommand;

export type BoothPermission = Extract<Permission, `booth:${string}`>;

/** Who gives a command: known from the server's session, never from a message. */
export type Caller =
	| {
			readonly kind: 'seat';
			readonly seat: SeatId;
			readonly permissions: readonly BoothPermission[];
	  }
	/** The portal itself, or an organiser through it: may do what a coordinator may, and report. */
	| { readonly kind: 'portal' };

export const PORTAL: Caller = { kind: 'portal' };

/** `now` is epoch ms of the server. */
export type Context = { readonly by: Caller; readonly now: number };
