import type { BoothId, SeatId } from '#lib/domain/ids.ts';
import type { BoothPermission, SeatCommand } from './command.ts';
import { decide } from './decide.ts';
import { participantOf } from './seats.ts';
import type { BoothState, Participant, Phase } from './state.ts';

/** Acts that name nobody else; each is the command of the same name. */
export const PLAIN_ACTS = [
	'go-live',
	'stop',
	'request',
	'accept',
	'decline',
	'cancel',
	'open',
	'close'
] as const;

/** What one person may do right now. */
export type BoothAct = (typeof PLAIN_ACTS)[number] | 'offer' | 'set-active' | 'chat';

export type SeenParticipant = Pick<
	Participant,
	'seat' | 'person' | 'name' | 'role' | 'joinedAt'
> & {
	readonly connected: boolean;
	/** The booth they interpret from; null: the floor. */
	readonly relay: BoothId | null;
	/** Whether their voice may become captions; null: nobody asked. */
	readonly captions: boolean | null;
};

export type Seen = {
	readonly phase: Phase;
	readonly participants: readonly SeenParticipant[];
	readonly acts: readonly BoothAct[];
};

/** The booth as the person in `seat` sees it. */
export function view(
	state: BoothState,
	permissions: readonly BoothPermission[],
	seat: SeatId
): Seen {
	return {
		phase: state.phase,
		participants: state.participants.map((one) => ({
			seat: one.seat,
			person: one.person,
			name: one.name,
			role: one.role,
			joinedAt: one.joinedAt,
			connected: one.presence.kind === 'here',
			relay: one.relay ?? null,
			captions: one.captions ?? null
		})),
		acts: acts(state, permissions, seat)
	};
}

/** Asks the rules themselves, so that a button can never promise what would be refused. */
function acts(
	state: BoothState,
	permissions: readonly BoothPermission[],
	seat: SeatId
): readonly BoothAct[] {
	// Whether something may be done does not depend on the time, only the deadlines it makes do.
	const context = { by: { kind: 'seat', seat, permissions }, now: 0 } as const;
	const changes = (command: SeatCommand): boolean => {
		const decision = decide(state, command, context);
		return decision.ok && decision.value.length > 0;
	};
	const toSomebody = (type: 'offer' | 'set-active'): boolean =>
		state.participants.some(({ seat: to }) => changes({ type, to }));
	const found: BoothAct[] = PLAIN_ACTS.filter((type) => changes({ type }));
	for (const type of ['offer', 'set-active'] as const) if (toSomebody(type)) found.push(type);
	if (participantOf(state, seat) && permissions.includes('booth:chat')) found.push('chat');
	return found;
}
