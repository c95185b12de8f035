import type { BoothId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { activeOf } from './seats.ts';
import type { BoothState } from './state.ts';

/**
 * Relay: interpreting from another booth of the room instead of the floor. Each hop adds its delay and its
 * mistakes, so a source says how far it is from the floor, and no booth may come back to itself.
 */
export type RelayRefusalCode = 'relay_self' | 'relay_loop' | 'relay_elsewhere';

/** Which booths each booth's interpreters listen to, whether they are on air just now or next. */
export type RelayMap = ReadonlyMap<BoothId, readonly BoothId[]>;

export function relayMap(states: ReadonlyMap<BoothId, BoothState>): RelayMap {
	return new Map(
		[...states].map(([booth, { participants }]) => [
			booth,
			[
				...new Set(
					participants.flatMap(({ role, relay }) => (role === 'interpreter' && relay) || [])
				)
			]
		])
	);
}

/** Whether `booth` may be interpreted from `from`: a booth of the same room that does not depend on it. */
export function mayRelay(
	map: RelayMap,
	booth: BoothId,
	from: BoothId
): Result<null, RelayRefusalCode> {
	if (from === booth) return refuse('relay_self', 'A booth cannot take relay from itself.');
	if (!map.has(from)) return refuse('relay_elsewhere', 'This booth is not in the same room.');
	const seen = new Set<BoothId>();
	const ahead = [from];
	for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
		if (next === booth)
			return refuse('relay_loop', 'That booth takes its sound from this one, directly or not.');
		if (seen.has(next)) continue;
		seen.add(next);
		ahead.push(...(map.get(next) ?? []));
	}
	return ok(null);
}

/** What a listening interpreter must know about a source. */
export type RelayQuality =
	/** Interpreted from the floor. */
	| 'direct'
	/** Interpreted from an interpretation. */
	| 'relayed';

/** By what the one who speaks there listens to; a booth where nobody speaks counts as direct. */
export function relayQuality({ phase, participants }: BoothState): RelayQuality {
	const seat = activeOf(phase)?.seat;
	const source = participants.find((one) => one.seat === seat)?.relay ?? null;
	return source === null ? 'direct' : 'relayed';
}
