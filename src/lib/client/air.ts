import type { Phase } from '#lib/domain/booth/state.ts';
import type { SeatId } from '#lib/domain/ids.ts';

/**
 * When this page's microphone may be open. Pure: the store feeds it presses, views of the booth and the clock,
 * and does what `planOf` says.
 *
 * The one rule everything else follows: `on` is reached only from a press on this page. A view of the booth,
 * a reconnection or somebody else's act can end it, never begin it.
 */
export type Intent =
	| { readonly kind: 'off' }
	/** Pressed, and the portal's answer has not shown in a view yet. */
	| { readonly kind: 'asking'; readonly act: AirAct; readonly since: number }
	/** My request stands with the boothmate; the microphone opens when it is accepted. */
	| { readonly kind: 'waiting' }
	/** The right is mine and my sound belongs at the media server. */
	| {
			readonly kind: 'on';
			/** Was really on air since the press. Only a proven sound comes back by itself. */
			readonly proven: boolean;
			/** Since when the booth has lost that sound, epoch ms of this machine. */
			readonly lostAt: number | null;
	  };

/** The presses that lead on to the air. */
export type AirAct = 'go-live' | 'accept' | 'request';

export const OFF: Intent = { kind: 'off' };

/** A press that no view confirms is forgotten after this, so that it cannot open a microphone much later. */
export const ASK_FORGOTTEN_MS = 5_000;
/** A lost sound comes back by itself for this long; after that its owner has to press again. */
export const RESUME_MS = 120_000;

export type Right =
	| 'publish' // the media server takes my sound: active, or the newcomer of an accepted handover
	| 'hold' // I am the active one and nobody is on air
	| 'asked' // my request stands
	| 'offered' // the microphone is offered to me
	| 'none';

/** What the booth's phase grants to one seat. */
export function rightOf(phase: Phase, seat: SeatId): Right {
	switch (phase.kind) {
		case 'closed':
		case 'empty':
			return 'none';
		case 'ready':
			return phase.active.seat === seat ? 'hold' : 'none';
		case 'going-live':
		case 'live':
			return phase.active.seat === seat ? 'publish' : 'none';
		case 'handing-over':
			if (phase.active.seat === seat) return 'publish';
			if (phase.handover.to.seat !== seat) return 'none';
			switch (phase.handover.step) {
				case 'offered':
					return 'offered';
				case 'requested':
					return 'asked';
				case 'accepted':
				case 'arriving':
					return 'publish';
			}
	}
}

/** Whether this seat is the one the audience hears. */
export function isOnAir(phase: Phase, seat: SeatId): boolean {
	return (phase.kind === 'live' || phase.kind === 'handing-over') && phase.active.seat === seat;
}

/** The intent after a look at the booth. `now` in epoch ms of this machine. */
export function follow(intent: Intent, phase: Phase, seat: SeatId, now: number): Intent {
	const right = rightOf(phase, seat);
	switch (intent.kind) {
		case 'off':
			return OFF;
		case 'asking':
			if (right === 'publish') return { kind: 'on', proven: isOnAir(phase, seat), lostAt: null };
			if (right === 'asked') return { kind: 'waiting' };
			// Nobody was on air, so the request moved the right at once: going live is a press of its own.
			if (right === 'hold' && intent.act === 'request') return OFF;
			return now - intent.since > ASK_FORGOTTEN_MS ? OFF : intent;
		case 'waiting':
			if (right === 'publish') return { kind: 'on', proven: false, lostAt: null };
			return right === 'asked' ? intent : OFF;
		case 'on':
			return followOn(intent, phase, right, isOnAir(phase, seat), now);
	}
}

function followOn(
	intent: Intent & { kind: 'on' },
	phase: Phase,
	right: Right,
	onAir: boolean,
	now: number
): Intent {
	const since = intent.lostAt ?? now;
	const expired = now - since > RESUME_MS;
	if (right === 'publish') {
		if (onAir && intent.proven && intent.lostAt === null) return intent;
		if (onAir) return { kind: 'on', proven: true, lostAt: null };
		return expired ? OFF : intent;
	}
	const lost =
		right === 'hold' &&
		phase.kind === 'ready' &&
		(phase.reason === 'sound-lost' || phase.reason === 'no-sound');
	return lost && intent.proven && !expired ? { ...intent, lostAt: since } : OFF;
}

export type Plan =
	| 'publish' // send my sound
	| 'keep' // somebody takes over in this moment: let the line be, and open none anew
	| 'ask-again' // it was lost; ask the portal for the air again
	| 'release'; // close the line and the microphone's way to it

/** What to do about this page's sound while the booth's state is known. */
export function planOf(intent: Intent, phase: Phase, seat: SeatId): Plan {
	if (intent.kind !== 'on') return 'release';
	// The media server ends the outgoing session a little before the right moves.
	if (
		phase.kind === 'handing-over' &&
		phase.handover.step === 'arriving' &&
		phase.active.seat === seat
	)
		return 'keep';
	const right = rightOf(phase, seat);
	if (right === 'publish') return 'publish';
	return right === 'hold' ? 'ask-again' : 'release';
}
