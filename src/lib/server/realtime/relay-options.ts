import { mayRelay, relayMap, relayQuality } from '#lib/domain/booth/relay.ts';
import { EMPTY_BOOTH, type BoothState } from '#lib/domain/booth/state.ts';
import { FLOOR } from '#lib/domain/language.ts';
import type { RelayOption } from '#lib/protocol/booth.ts';
import type { Reconciler } from '../booths/reconcile.ts';
import type { Booths } from '../booths/service.ts';
import type { FoundBooth } from '../events/events.ts';

/** The other booths of a room as sources of relay. */
export function relayOptions(
	{ room, booth }: FoundBooth,
	known: Booths['known'],
	ingest: Pick<Reconciler, 'found'>
): RelayOption[] {
	const found = ingest.found({ room: room.id }).filter((each) => each.booth.language !== FLOOR);
	const stateOf = (one: FoundBooth): BoothState => known.get(one.booth.id)?.state ?? EMPTY_BOOTH;
	const map = relayMap(new Map(found.map((one) => [one.booth.id, stateOf(one)])));
	return found
		.filter((one) => one.booth.id !== booth.id)
		.map((one) => ({
			booth: one.booth.id,
			language: one.booth.language,
			path: one.path,
			air: airOf(stateOf(one)),
			quality: relayQuality(stateOf(one)),
			allowed: mayRelay(map, booth.id, one.booth.id).ok
		}));
}

/** Whether a change in one booth is news to the others of its room. */
export function concernsOthers(before: BoothState, after: BoothState): boolean {
	const mark = (state: BoothState) =>
		JSON.stringify([
			airOf(state),
			relayQuality(state),
			state.participants.map(({ relay }) => relay ?? null)
		]);
	return mark(before) !== mark(after);
}

function airOf({ phase }: BoothState): RelayOption['air'] {
	if (phase.kind === 'closed') return 'closed';
	return phase.kind === 'live' || phase.kind === 'handing-over' ? 'on' : 'off';
}
