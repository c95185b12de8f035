import type { PersonId, SeatId } from '#lib/domain/ids.ts';
import { allowedPublishers } from './allowed-publishers.ts';
import type { BoothCommand, Context } from './command.ts';
import type { Decision } from './decision.ts';
import { nextDeadline } from './expiry.ts';
import { activeOf } from './seats.ts';
import { HANDOVER_ANSWER_MS, type BoothState, type ParticipantRole, type Phase } from './state.ts';

/**
 * What must always hold in a booth, as predicates that answer the sentences that are broken. The property
 * tests hold them against random commands, the socket tests against what pages are shown.
 */

/** A booth as stored, or as a page sees it. */
export type Seen = {
	readonly phase: Phase;
	readonly participants: readonly {
		readonly seat: SeatId;
		readonly person: PersonId;
		readonly role: ParticipantRole;
	}[];
};

export type Step = {
	readonly before: BoothState;
	readonly command: BoothCommand;
	readonly context: Context;
	readonly decision: Decision;
	readonly after: BoothState;
	/** Seats whose own deliberate act leads on air: they went live, asked for the right or took the offer. */
	readonly consents: ReadonlySet<SeatId>;
};

type Claims = readonly (readonly [sentence: string, holds: boolean])[];

const broken = (claims: Claims): string[] =>
	claims.filter(([, holds]) => !holds).map(([sentence]) => sentence);

export function brokenInState({ phase, participants }: Seen): string[] {
	const seats = participants.map((one) => one.seat);
	const interpreters = participants.filter((one) => one.role === 'interpreter');
	const sitsHere = (who: { seat: SeatId; person: PersonId } | null) =>
		who === null || interpreters.some((one) => one.seat === who.seat && one.person === who.person);
	const active = activeOf(phase);
	const to = phase.kind === 'handing-over' ? phase.handover.to : null;
	return broken([
		['every seat is there once', new Set(seats).size === seats.length],
		['the active one is an interpreter who is here', sitsHere(active)],
		['a handover goes to an interpreter who is here', sitsHere(to)],
		['a handover goes to somebody else', to === null || to.seat !== active?.seat],
		[
			'empty means that no interpreter is here, and an open booth with one has an active one',
			phase.kind === 'closed' || (phase.kind === 'empty') === (interpreters.length === 0)
		]
	]);
}

/** Publishers are allowed by the phase alone: never in closed, empty or ready, never a third one. */
export function brokenPublishers(state: BoothState): string[] {
	const { phase } = state;
	const allowed = allowedPublishers(state);
	const expected =
		phase.kind === 'closed' || phase.kind === 'empty' || phase.kind === 'ready'
			? []
			: phase.kind === 'handing-over' && /accepted|arriving/.test(phase.handover.step)
				? [phase.active.seat, phase.handover.to.seat]
				: [phase.active.seat];
	return broken([
		['the allowed publishers are those of the phase', expected.join() === allowed.join()]
	]);
}

const OPENS_NO_MICROPHONE = [
	...[
		'join',
		'return',
		'disconnect',
		'portal-lost',
		'portal-started',
		'open',
		'set-active',
		'tick'
	],
	...['take-off', 'relay', 'consent']
];
/** What can take a live voice off air or move the right away from it. */
const ENDS_A_VOICE = ['stop', 'leave', 'close', 'set-active', 'take-off', 'media-observed'];

export function brokenByStep(step: Step): string[] {
	const { before, command, context, decision, after, consents } = step;
	const onAir = onAirSeat(after.phase);
	const wasHeard = heardSeat(before.phase);
	const nowHeard = heardSeat(after.phase);
	const allowedBefore = allowedPublishers(before);
	const deadline = nextDeadline(after);
	const voiceGoesOn = wasHeard === null || nowHeard === wasHeard;
	return broken([
		['a refusal or no event changes nothing', changes(decision) || after === before],
		[
			'joining, returning, dropping, opening and promotion let nobody new publish',
			!OPENS_NO_MICROPHONE.includes(command.type) ||
				allowedPublishers(after).every((seat) => allowedBefore.includes(seat))
		],
		['who is on air or going there did something for it', onAir === null || consents.has(onAir)],
		[
			'live begins only when the media server receives that very seat',
			nowHeard === null ||
				nowHeard === wasHeard ||
				(command.type === 'media-observed' &&
					command.publisher === nowHeard &&
					allowedBefore.includes(nowHeard))
		],
		[
			'nothing but its own end, a coordinator or the newcomer being heard takes a voice off air',
			voiceGoesOn || ENDS_A_VOICE.includes(command.type)
		],
		[
			'a voice is ended only by its own page',
			voiceGoesOn ||
				(command.type !== 'stop' && command.type !== 'leave') ||
				(context.by.kind === 'seat' && context.by.seat === wasHeard)
		],
		[
			'a voice that is received goes on, unless the newcomer of an agreed handover is heard',
			voiceGoesOn || command.type !== 'media-observed' || command.publisher !== wasHeard
		],
		[
			'an observation that changes something leaves nobody live but whom it names',
			command.type !== 'media-observed' ||
				!changes(decision) ||
				heardSeat(after.phase) === null ||
				heardSeat(after.phase) === command.publisher
		],
		[
			'after a tick nothing is overdue',
			command.type !== 'tick' || deadline === null || deadline > context.now
		],
		[
			'every pending step ends within the longest wait',
			deadline === null || deadline <= context.now + HANDOVER_ANSWER_MS
		]
	]);
}

/** Keeps account of who did something for going on air, and forgets those it no longer concerns. */
export function consentsAfter(
	{ command, context, decision, after }: Omit<Step, 'consents'>,
	consents: ReadonlySet<SeatId>
): ReadonlySet<SeatId> {
	const kept = new Set(consents);
	const isDeliberate = ['go-live', 'request', 'accept'].includes(command.type);
	if (isDeliberate && changes(decision) && context.by.kind === 'seat') kept.add(context.by.seat);
	const concerned = [onAirSeat(after.phase), newcomer(after.phase)];
	for (const seat of kept) if (!concerned.includes(seat)) kept.delete(seat);
	return kept;
}

function changes(decision: Decision): boolean {
	return decision.ok && decision.value.length > 0;
}

function onAirSeat(phase: Phase): SeatId | null {
	return phase.kind === 'ready' ? null : (activeOf(phase)?.seat ?? null);
}

function heardSeat(phase: Phase): SeatId | null {
	return phase.kind === 'live' || phase.kind === 'handing-over' ? phase.active.seat : null;
}

function newcomer(phase: Phase): SeatId | null {
	return phase.kind === 'handing-over' ? phase.handover.to.seat : null;
}
