import type { Phase } from '#lib/domain/booth/state.ts';
import type { PersonId } from '#lib/domain/ids.ts';

/**
 * Whose turn it is and since when: the fair-turn clock. A turn belongs to a person, not to a page, and goes on over a
 * short break; epoch ms.
 */
export type Turn = {
	readonly person: PersonId;
	readonly name: string;
	readonly since: number;
	/** Last moment on air; now, while they are. */
	readonly onAirAt: number;
};

/** Off air for longer than this, and somebody has rested. */
export const REST_MS = 3 * 60_000;
/** What interpreters keep to: a change is near, and a change is due. */
export const TURN_SOON_MS = 20 * 60_000;
export const TURN_LONG_MS = 30 * 60_000;

/** The turn after a look at the booth. */
export function turnAfter(turn: Turn | null, phase: Phase, now: number): Turn | null {
	if (phase.kind === 'live' || phase.kind === 'handing-over') {
		const { active, since } = phase;
		const isSame = turn?.person === active.person && now - turn.onAirAt <= REST_MS;
		return isSame
			? { ...turn, name: active.name, onAirAt: now }
			: { person: active.person, name: active.name, since: Math.min(since, now), onAirAt: now };
	}
	return turn !== null && now - turn.onAirAt <= REST_MS ? turn : null;
}

export type TurnLength = 'fine' | 'soon' | 'long';

export function turnLength(since: number, now: number): TurnLength {
	const lasted = now - since;
	return lasted >= TURN_LONG_MS ? 'long' : lasted >= TURN_SOON_MS ? 'soon' : 'fine';
}
