import type { Phase } from '#lib/domain/booth/state.ts';
import type { SeatId } from '#lib/domain/ids.ts';
import { isOnAir, rightOf, type Intent } from './air.ts';
import type { LinkState } from './joined-socket.ts';
import type { LineState } from './line.ts';
import type { VoiceFault } from './voice-watch.ts';

/** What the largest thing on the console says. */
export type Situation = {
	readonly air: 'off' | 'standby' | 'on';
	readonly meaning: Meaning;
};

/** One sentence each on the page; what the state means for this page's microphone. */
export type Meaning =
	| 'entering'
	| 'closed'
	| 'empty'
	| 'yours' // nobody on air, the right is here: press Go live
	| 'theirs' // nobody on air, a colleague holds the right
	| 'mate_going_live'
	| 'mate_live'
	| 'offered_to_you'
	| 'you_asked'
	| 'going_live' // microphone open, the media server is not there yet
	| 'arriving' // microphone open, the colleague is still on air
	| 'resuming' // the sound was lost and comes back by itself
	| 'cut_off' // neither portal nor media server answer
	| 'open'
	| 'muted'
	| 'coughing';

export type SituationFacts = {
	readonly phase: Phase | null;
	readonly seat: SeatId | null;
	readonly intent: Intent;
	readonly link: LinkState;
	readonly line: LineState;
	readonly muted: boolean;
	readonly coughing: boolean;
};

/** `on` is said only while the portal says so, or while it is silent and the media server still takes the sound. */
export function situationOf(facts: SituationFacts): Situation {
	const { phase, seat, intent, link, line, muted, coughing } = facts;
	if (phase === null || seat === null) return { air: 'off', meaning: 'entering' };
	const isCutOff = link.kind !== 'joined' && line.kind !== 'connected';
	if (isOnAir(phase, seat)) {
		if (isCutOff) return { air: 'standby', meaning: 'cut_off' };
		return { air: 'on', meaning: coughing ? 'coughing' : muted ? 'muted' : 'open' };
	}
	if (isCutOff && intent.kind === 'on') return { air: 'standby', meaning: 'cut_off' };
	if (intent.kind === 'on' && intent.lostAt !== null)
		return { air: 'standby', meaning: 'resuming' };
	switch (phase.kind) {
		case 'closed':
			return { air: 'off', meaning: 'closed' };
		case 'empty':
			return { air: 'off', meaning: 'empty' };
		case 'ready':
			return { air: 'off', meaning: rightOf(phase, seat) === 'hold' ? 'yours' : 'theirs' };
		case 'going-live':
			return {
				air: 'standby',
				meaning: phase.active.seat === seat ? 'going_live' : 'mate_going_live'
			};
		case 'live':
			return { air: 'standby', meaning: 'mate_live' };
		case 'handing-over':
			return { air: 'standby', meaning: HANDOVER_MEANINGS[rightOf(phase, seat)] };
	}
}

const HANDOVER_MEANINGS = {
	publish: 'arriving',
	offered: 'offered_to_you',
	asked: 'you_asked',
	hold: 'mate_live',
	none: 'mate_live'
} as const;

/** What threatens the sound, the worst first; null when nothing does. */
export type Warning =
	| 'source_gone'
	| 'interrupted'
	| 'media_lost'
	| 'media_down'
	| 'portal_lost_on_air'
	| 'portal_lost'
	| 'speaking_muted'
	| 'silent'
	| 'clipping'
	| 'uplink_bad'
	| 'ears_held'
	| 'battery_low'
	| null;

export type WarningFacts = {
	readonly air: Situation['air'];
	readonly intent: Intent;
	readonly link: LinkState;
	readonly line: LineState;
	readonly mediaOk: boolean;
	readonly sourceGone: boolean;
	/** A call or another program holds the microphone. */
	readonly interrupted: boolean;
	/** The loudspeaker was taken away from this page. */
	readonly earsHeld: boolean;
	readonly batteryLow: boolean;
	readonly voice: VoiceFault;
	readonly uplinkBad: boolean;
};

export function warningOf(facts: WarningFacts): Warning {
	const { air, intent, link, line, mediaOk, sourceGone, interrupted, voice, uplinkBad } = facts;
	if (sourceGone) return 'source_gone';
	const isSending = intent.kind === 'on';
	if (isSending && interrupted) return 'interrupted';
	if (isSending && (line.kind === 'waiting' || line.kind === 'interrupted')) return 'media_lost';
	if (link.kind === 'reconnecting')
		return air === 'on' && line.kind === 'connected' ? 'portal_lost_on_air' : 'portal_lost';
	if (!mediaOk) return 'media_down';
	const beside = facts.earsHeld ? 'ears_held' : facts.batteryLow ? 'battery_low' : null;
	if (air !== 'on') return beside;
	switch (voice) {
		case 'speaking-muted':
			return 'speaking_muted';
		case 'silent':
			return 'silent';
		case 'clipping':
			return 'clipping';
		case null:
			return uplinkBad ? 'uplink_bad' : beside;
	}
}
