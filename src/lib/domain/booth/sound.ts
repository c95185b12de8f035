import type { SeatId } from '#lib/domain/ids.ts';
import { unreachable } from '#lib/domain/result.ts';
import { allowedPublishers } from './allowed-publishers.ts';
import type { BoothState, Phase } from './state.ts';

/** A session that publishes, or is about to. `seat` is null when it does not say one. */
export type PublishSession = { readonly session: string; readonly seat: SeatId | null };

/** What the media server says about a booth's channel at one moment. */
export type ChannelSound = {
	/** The session whose sound the channel carries; `stalled` when nothing of it arrives any more. */
	readonly onAir: (PublishSession & { readonly stalled: boolean }) | null;
	/** Sessions beside it, such as a newcomer before its first packet; empty where that was not asked. */
	readonly waiting: readonly PublishSession[];
	/** For how long a session that may not publish has been the one on air; 0 when none is. */
	readonly intrudedForMs: number;
};

export type SoundReaction = {
	/** Sessions to end at the media server. */
	readonly kick: readonly string[];
	/** What the booth is to be told (command `media-observed`), or null when it says the same already. */
	readonly report: { readonly publisher: SeatId | null } | null;
	/** A session that may not publish is on air. */
	readonly intruder: boolean;
};

/**
 * Somebody with a stale token took the channel from the one on air: they are ended, and the rightful
 * publisher, whose client comes back by itself, has this long before the booth counts as silent.
 */
export const INTRUSION_FORGIVEN_MS = 2_000;

/** What follows from the sound of a channel for a booth in this state. */
export function reactToSound(state: BoothState, sound: ChannelSound): SoundReaction {
	const { onAir } = sound;
	const intruder = onAir !== null && !mayPublish(state, onAir);
	const kick = sound.waiting.filter((each) => !mayPublish(state, each)).map((each) => each.session);
	if (onAir !== null && (onAir.stalled || intruder)) kick.unshift(onAir.session);

	const heard = onAir !== null && !onAir.stalled && !intruder ? onAir.seat : null;
	const forgiven = intruder && sound.intrudedForMs < INTRUSION_FORGIVEN_MS;
	const differs =
		heard === null ? !forgiven && countsAsHeard(state.phase) : isNews(state.phase, heard);
	return { kick: [...new Set(kick)], report: differs ? { publisher: heard } : null, intruder };
}

/** Whether the session belongs to a seat that may publish at this moment. */
export function mayPublish(state: BoothState, { seat }: PublishSession): boolean {
	return seat !== null && allowedPublishers(state).includes(seat);
}

/** Whether somebody's sound makes the booth another than it is. */
function isNews(phase: Phase, heard: SeatId): boolean {
	switch (phase.kind) {
		case 'closed':
		case 'empty':
		case 'ready':
			return false;
		case 'going-live':
			return heard === phase.active.seat;
		case 'live':
		case 'handing-over':
			return heard !== phase.active.seat;
		default:
			return unreachable(phase);
	}
}

/** Whether the booth says that the active interpreter is heard. */
function countsAsHeard(phase: Phase): boolean {
	return phase.kind === 'live' || phase.kind === 'handing-over';
}

/** Whether the booth waits for a first sound, so that looking often is worth it. */
export function awaitsSound({ phase }: BoothState): boolean {
	if (phase.kind === 'going-live') return true;
	if (phase.kind !== 'handing-over') return false;
	return phase.handover.step === 'accepted' || phase.handover.step === 'arriving';
}
