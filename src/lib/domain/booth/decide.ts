import { ok, unreachable } from '#lib/domain/result.ts';
import { goLive, issueTicket, observe, stop } from './air.ts';
import type { BoothCommand, Caller, Context, PortalCommand, SeatCommand } from './command.ts';
import { close, open, setActive, takeOff } from './desk.ts';
import type { BoothEvent } from './event.ts';
import { expire, nextDeadline } from './expiry.ts';
import { answer, cancel, offer, request } from './handover.ts';
import { comeBack, join, loseConnection, removal } from './presence.ts';
import { refused, type Decision } from './decision.ts';
import { participantOf } from './seats.ts';
import type { BoothState, Participant } from './state.ts';

/** The rules of a booth: pure, so that the same state, command and time always give the same answer. */
export function decide(state: BoothState, command: BoothCommand, context: Context): Decision {
	switch (command.type) {
		case 'disconnect':
		case 'portal-lost':
		case 'media-observed':
		case 'portal-started':
		case 'tick':
			return context.by.kind === 'portal'
				? ok(report(state, command, context.now))
				: refused('not_allowed');
		case 'join':
		case 'return':
			if (context.by.kind !== 'seat') return refused('not_allowed');
			return command.type === 'join'
				? join(state, command, context.by, context.now)
				: comeBack(state, command, context.by);
		case 'set-active':
		case 'take-off':
		case 'open':
		case 'close':
			return coordinate(state, command, context.by);
		default:
			return act(state, command, context);
	}
}

function report(state: BoothState, command: PortalCommand, now: number): readonly BoothEvent[] {
	switch (command.type) {
		case 'disconnect':
			return loseConnection(
				state,
				(one) => one.seat === command.seat && one.portal === command.portal,
				now
			);
		case 'portal-lost':
			return loseConnection(state, (one) => one.portal === command.portal, now);
		case 'media-observed':
			return observe(state, command.publisher, command.at, now);
		case 'portal-started':
			return nextDeadline(state) === null ? [] : [{ type: 'waits-renewed', at: now }];
		case 'tick':
			return expire(state, now);
		default:
			return unreachable(command);
	}
}

function coordinate(
	state: BoothState,
	command: Extract<SeatCommand, { type: 'set-active' | 'take-off' | 'open' | 'close' }>,
	by: Caller
): Decision {
	if (by.kind === 'seat') {
		if (!participantOf(state, by.seat)) return refused('not_joined');
		if (!by.permissions.includes('booth:coordinate')) return refused('not_allowed');
	}
	switch (command.type) {
		case 'set-active':
			return setActive(state, command.to);
		case 'take-off':
			return takeOff(state, command.reason);
		case 'open':
			return ok(open(state));
		case 'close':
			return ok(close(state));
		default:
			return unreachable(command);
	}
}

function act(
	state: BoothState,
	command: Exclude<
		SeatCommand,
		{ type: 'join' | 'return' | 'set-active' | 'take-off' | 'open' | 'close' }
	>,
	{ by, now }: Context
): Decision {
	if (by.kind !== 'seat') return refused('not_allowed');
	const caller = participantOf(state, by.seat);
	if (!caller) return refused('not_joined');
	if (command.type === 'leave') return ok(removal(state, caller.seat, 'left', now));
	switch (command.type) {
		// Giving up or refusing needs no right beyond being the one it is about.
		case 'stop':
			return stop(state, caller, now);
		case 'decline':
			return answer(state, caller, 'decline', now);
		case 'cancel':
			return cancel(state, caller);
		case 'consent':
			return ok(
				caller.captions === command.captions
					? []
					: [{ type: 'consented', seat: caller.seat, captions: command.captions }]
			);
		default:
			return mayInterpret(caller, by)
				? interpret(state, caller, command, now)
				: refused('not_allowed');
	}
}

function interpret(
	state: BoothState,
	caller: Participant,
	command: Extract<
		SeatCommand,
		{ type: 'go-live' | 'ticket-issued' | 'offer' | 'request' | 'accept' | 'relay' }
	>,
	now: number
): Decision {
	switch (command.type) {
		case 'go-live':
			return goLive(state, caller, now);
		case 'ticket-issued':
			return issueTicket(state, caller, now);
		case 'offer':
			return offer(state, caller, command.to, now);
		case 'request':
			return request(state, caller, now);
		case 'accept':
			return answer(state, caller, 'accept', now);
		case 'relay':
			return ok(
				(caller.relay ?? null) === command.from
					? []
					: [{ type: 'relay-chosen', seat: caller.seat, from: command.from }]
			);
		default:
			return unreachable(command);
	}
}

/** The role they came in with and the right they still have: one may be withdrawn while they sit there. */
function mayInterpret(caller: Participant, by: Extract<Caller, { kind: 'seat' }>): boolean {
	return caller.role === 'interpreter' && by.permissions.includes('booth:interpret');
}
