import { TURN_LONG_MS } from './turns.ts';

/** What is wrong in a booth, as a coordinator must hear of it. Stable codes, stored. */
export const ALERT_CODES = [
	'silent_live', // on air, and nothing but silence arrives
	'loss', // the uplink loses more than listeners should notice
	'too_long', // one person at the microphone for longer than is healthy
	'booth_empty', // a session runs and no interpreter is there
	'captions_failing',
	'media_down'
] as const;
export type AlertCode = (typeof ALERT_CODES)[number];

export type AlertFacts = {
	readonly isLive: boolean;
	/** For how long nothing but silence has arrived, ms; 0 while there is sound. */
	readonly quietMs: number;
	/** Share of the uplink's packets lost over the last seconds, 0–1. */
	readonly loss: number;
	/** How long the turn of the one on air has lasted, ms; 0 when nobody is. */
	readonly turnMs: number;
	readonly sessionRuns: boolean;
	readonly interpreters: number;
	/** Captions are wanted, and it is not the sound that is missing. */
	readonly captionsFail: boolean;
	readonly mediaOk: boolean;
};

export const SILENT_ALERT_MS = 6_000;
export const LOSS_ALERT = 0.02;

/** While the media server does not answer, nothing is known of the sound. */
export function alertsOf(facts: AlertFacts): readonly AlertCode[] {
	const { isLive, mediaOk } = facts;
	const isWrong: Record<AlertCode, boolean> = {
		silent_live: mediaOk && isLive && facts.quietMs >= SILENT_ALERT_MS,
		loss: mediaOk && isLive && facts.loss > LOSS_ALERT,
		too_long: isLive && facts.turnMs >= TURN_LONG_MS,
		booth_empty: facts.sessionRuns && facts.interpreters === 0,
		captions_failing: facts.captionsFail,
		media_down: isLive && !mediaOk
	};
	return ALERT_CODES.filter((code) => isWrong[code]);
}

/** A matter on the desk: requests and alerts go open → handled → done, signals are over by themselves. */
export type MatterState = 'open' | 'handled' | 'done';

const ORDER: readonly MatterState[] = ['open', 'handled', 'done'];

/** A matter never goes back: what is done stays in the history, and what comes again is another one. */
export function mayMove(from: MatterState, to: MatterState): boolean {
	return ORDER.indexOf(to) > ORDER.indexOf(from);
}

/** Signals from a booth to the speaker and the desk. */
export const SIGNAL_CODES = ['slower', 'louder', 'closer', 'cannot_interpret'] as const;
export type SignalCode = (typeof SIGNAL_CODES)[number];
/** A speaker who has not slowed down by then is told again. */
export const SIGNAL_SHOWN_MS = 60_000;
