import type { Phase } from '#lib/domain/booth/state.ts';
import type { SeatId } from '#lib/domain/ids.ts';
import type { BoothNotice } from '#lib/protocol/booth.ts';
import { isOnAir, rightOf } from './air.ts';

/** A notice of the portal, or one that only this page can know. */
export type NoticeCode =
	| Exclude<BoothNotice['code'], 'media_server_down' | 'media_server_back'>
	| 'seat_replaced'
	| 'source_gone'
	| 'output_gone'
	| 'away_on_air' // out of sight while on air
	| 'away_offered' // and the boothmate was offered the microphone
	| 'relay_lost' // the booth relayed from fell silent: the floor again
	| 'desk_message' // a coordinator wrote into the booth
	| 'turn_soon'
	| 'turn_long'
	| 'resume_given_up';

export type ConsoleNotice = {
	readonly key: number;
	readonly code: NoticeCode;
	readonly name: string | null;
	/** What a coordinator wrote or gave as reason. */
	readonly text?: string | undefined;
	/** Epoch ms of this machine. */
	readonly at: number;
};

/** Something that did not happen, or went well: read, and gone by itself. */
const PASSING: readonly NoticeCode[] = [
	'handed_over',
	'handover_declined',
	'handover_cancelled',
	'handover_expired',
	'handover_no_sound',
	'relay_lost',
	'turn_soon'
];
/** About this machine and its person, whatever the booth does. */
const LASTING: readonly NoticeCode[] = [
	...(['output_gone', 'away_on_air', 'away_offered', 'desk_message'] as const),
	...(['taken_off', 'turn_long'] as const)
];
export const PASSING_MS = 12_000;
/** More would push the booth off the screen; the oldest goes. */
const SHOWN_AT_ONCE = 2;

/**
 * What of the portal's notice this page does not show anyway; null when it does. The state of the lines stands in
 * the panel and the header, the own sound and the own turn in the panel.
 */
export function newsOf({ code }: BoothNotice, phase: Phase, seat: SeatId): NoticeCode | null {
	switch (code) {
		case 'media_server_down':
		case 'media_server_back':
			return null;
		case 'handed_over':
			return isOnAir(phase, seat) ? null : code;
		case 'sound_lost':
			return rightOf(phase, seat) === 'hold' ? null : code;
		default:
			return code;
	}
}

/** One line per kind, the newest says what is true now. */
export function withNotice(
	list: readonly ConsoleNotice[],
	added: ConsoleNotice
): readonly ConsoleNotice[] {
	return [...list.filter(({ code }) => code !== added.code), added].slice(-SHOWN_AT_ONCE);
}

/** Without what time or the booth has overtaken; the same list when that is nothing. */
export function tidied(
	list: readonly ConsoleNotice[],
	phase: Phase,
	now: number
): readonly ConsoleNotice[] {
	const isSounding = phase.kind === 'live' || phase.kind === 'handing-over';
	const kept = list.filter(({ code, at }) => {
		if (PASSING.includes(code)) return now - at < PASSING_MS;
		if (LASTING.includes(code)) return true;
		return code === 'closed' ? phase.kind === 'closed' : !isSounding;
	});
	return kept.length < list.length ? kept : list;
}
