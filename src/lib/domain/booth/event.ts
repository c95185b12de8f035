import type { BoothId, SeatId } from '#lib/domain/ids.ts';
import type { Participant, Seat } from './state.ts';

/** What happened in a booth. Times and deadlines are epoch ms. */
export type BoothEvent =
	| { readonly type: 'joined'; readonly participant: Participant }
	| { readonly type: 'connection-lost'; readonly seat: SeatId; readonly at: number }
	| { readonly type: 'returned'; readonly seat: SeatId; readonly portal: string }
	/** Waits that ran while no portal was there: none ends before its whole time from `at`. */
	| { readonly type: 'waits-renewed'; readonly at: number }
	| { readonly type: 'left'; readonly seat: SeatId; readonly why: 'left' | 'lost' }
	/** The right goes to `to`, off air: their microphone stays shut until they go live themselves. */
	| { readonly type: 'right-given'; readonly to: Seat; readonly how: RightGiven }
	| { readonly type: 'emptied' }
	| { readonly type: 'going-live'; readonly deadline: number }
	| { readonly type: 'went-live'; readonly at: number }
	| { readonly type: 'stopped' }
	| { readonly type: 'taken-off'; readonly reason: string }
	| { readonly type: 'relay-chosen'; readonly seat: SeatId; readonly from: BoothId | null }
	| { readonly type: 'consented'; readonly seat: SeatId; readonly captions: boolean }
	| { readonly type: 'no-sound' }
	| { readonly type: 'sound-lost'; readonly at: number }
	| { readonly type: 'offered'; readonly to: Seat; readonly deadline: number }
	| { readonly type: 'requested'; readonly to: Seat; readonly deadline: number }
	| { readonly type: 'accepted'; readonly to: Seat; readonly deadline: number }
	| { readonly type: 'arriving'; readonly deadline: number }
	| { readonly type: 'handover-ended'; readonly why: HandoverEnd }
	/** The newcomer is heard: make-before-break is complete. */
	| { readonly type: 'handed-over'; readonly at: number }
	/** The outgoing voice went before the agreed newcomer was heard: they hold the right, sound awaited. */
	| { readonly type: 'passed-on'; readonly deadline: number }
	| { readonly type: 'opened' }
	| { readonly type: 'closed' };

export type RightGiven =
	| 'joined' // first interpreter in an empty booth
	| 'offered'
	| 'requested'
	| 'assigned' // by a coordinator
	| 'holder-gone'
	| 'reopened';

export type HandoverEnd = 'declined' | 'cancelled' | 'expired' | 'no-sound';
