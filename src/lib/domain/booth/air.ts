import type { SeatId } from '#lib/domain/ids.ts';
import { ok, unreachable } from '#lib/domain/result.ts';
import type { BoothEvent } from './event.ts';
import { refused, type Decision } from './decision.ts';
import { allowedPublishers } from './allowed-publishers.ts';
import {
	GOING_LIVE_MS,
	HANDOVER_ARRIVAL_MS,
	type BoothState,
	type Participant,
	type Phase
} from './state.ts';

/** The one deliberate act that goes on air. Repeating it is harmless and gains no time. */
export function goLive({ phase }: BoothState, caller: Participant, now: number): Decision {
	if (phase.kind === 'closed') return refused('booth_closed');
	if (phase.kind === 'empty' || phase.active.seat !== caller.seat) return refused('not_active');
	return ok(phase.kind === 'ready' ? [{ type: 'going-live', deadline: now + GOING_LIVE_MS }] : []);
}

export function stop({ phase }: BoothState, caller: Participant, now: number): Decision {
	if (phase.kind === 'closed' || phase.kind === 'empty') return refused('not_on_air');
	if (phase.active.seat !== caller.seat) return refused('not_active');
	switch (phase.kind) {
		case 'ready':
			return refused('not_on_air');
		case 'going-live':
		case 'live':
			return ok([{ type: 'stopped' }]);
		case 'handing-over':
			return ok(outgoingSilent(phase, { type: 'stopped' }, now));
		default:
			return unreachable(phase);
	}
}

/** The newcomer of an agreed handover gets their token: from now their sound is awaited. */
export function issueTicket(state: BoothState, caller: Participant, now: number): Decision {
	const { phase } = state;
	if (!allowedPublishers(state).includes(caller.seat)) return refused('not_active');
	// The media server drops the outgoing voice the moment the newcomer's arrives, a little before the right
	// moves: a token asked for in between would take the air back.
	if (
		phase.kind === 'handing-over' &&
		phase.handover.step === 'arriving' &&
		phase.active.seat === caller.seat
	)
		return refused('handover_pending');
	const isAwaited =
		phase.kind === 'handing-over' &&
		phase.handover.step === 'accepted' &&
		phase.handover.to.seat === caller.seat;
	// Only the first token prolongs the wait, so that asking again and again cannot hold a booth up.
	return ok(isAwaited ? [{ type: 'arriving', deadline: now + HANDOVER_ARRIVAL_MS }] : []);
}

/** What the media server says is the only thing that makes a booth live, and that ends it. */
export function observe(
	{ phase }: BoothState,
	publisher: SeatId | null,
	at: number,
	now: number
): readonly BoothEvent[] {
	switch (phase.kind) {
		case 'closed':
		case 'empty':
		case 'ready':
			return []; // Sound nobody asked for never opens a microphone; the portal kicks it.
		case 'going-live': {
			const isNews = at >= phase.deadline - GOING_LIVE_MS;
			return isNews && publisher === phase.active.seat ? [{ type: 'went-live', at: now }] : [];
		}
		case 'live':
			return at < phase.since || publisher === phase.active.seat
				? []
				: [{ type: 'sound-lost', at: now }];
		case 'handing-over': {
			const { step, to, deadline } = phase.handover;
			const isAgreed = step === 'accepted' || step === 'arriving';
			if (at < phase.since || publisher === phase.active.seat) return [];
			if (isAgreed && publisher === to.seat)
				return at < deadline - HANDOVER_ARRIVAL_MS ? [] : [{ type: 'handed-over', at: now }];
			return outgoingSilent(phase, { type: 'sound-lost', at: now }, now);
		}
		default:
			return unreachable(phase);
	}
}

/** The outgoing voice is gone: an agreed newcomer takes over at once, an unanswered handover is off. */
function outgoingSilent(
	{ handover }: Extract<Phase, { kind: 'handing-over' }>,
	end: BoothEvent,
	now: number
): readonly BoothEvent[] {
	return handover.step === 'accepted' || handover.step === 'arriving'
		? [{ type: 'passed-on', deadline: now + GOING_LIVE_MS }]
		: [{ type: 'handover-ended', why: 'cancelled' }, end];
}
