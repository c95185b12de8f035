import { retryDelayMs, type CaptionFault } from './fault.ts';

/**
 * One channel's captions as a worker runs them: sound is pulled, and only once somebody speaks is a provider
 * opened. What is true of the channel is the phase; people read it.
 */
export type SessionState =
	| { readonly phase: 'waiting-for-sound'; readonly attempt: number }
	| { readonly phase: 'connecting'; readonly attempt: number }
	| { readonly phase: 'running'; readonly attempt: number }
	| {
			readonly phase: 'retrying';
			/** What is opened again when the time has come. */
			readonly what: 'sound' | 'provider';
			readonly fault: CaptionFault;
			readonly attempt: number;
			/** On the clock of `now`. */
			readonly retryAt: number;
	  }
	| { readonly phase: 'stopped'; readonly reason: StopReason };

export type StopReason =
	| 'switched_off' // captions of the channel, or the event's consent, went off
	| 'off_air'
	| 'settings_changed'
	| 'lease_lost'
	| 'worker_going'
	| 'deleted';

export type SessionInput =
	/** Audio arrives, silence or speech: the media server lets us read. */
	| { readonly type: 'sound' }
	/** Somebody speaks. */
	| { readonly type: 'speech' }
	/** Nobody has spoken for so long that an open provider only costs. */
	| { readonly type: 'long-silence' }
	| { readonly type: 'sound-ended'; readonly fault: CaptionFault }
	| { readonly type: 'provider-ready' }
	| { readonly type: 'provider-text' }
	/** `fault` null: it ended because we asked for it. */
	| { readonly type: 'provider-ended'; readonly fault: CaptionFault | null }
	| { readonly type: 'retry-due' }
	| { readonly type: 'stop'; readonly reason: StopReason };

export type SessionAction = 'open-sound' | 'open-provider' | 'end-provider' | 'end-sound' | 'wait';

export type SessionStep = {
	readonly state: SessionState;
	/** In this order. `wait`: give `retry-due` at the state's `retryAt`. */
	readonly actions: readonly SessionAction[];
};

const WAITING: SessionState = { phase: 'waiting-for-sound', attempt: 0 };

export const SESSION_START: SessionStep = {
	state: WAITING,
	actions: ['open-sound']
};

/** `now` in ms; `random` in [0, 1), for the jitter of a retry. */
export type Moment = { readonly now: number; readonly random: number };

/** What follows from something that happened; inputs that make no sense in a phase change nothing. */
export function sessionStep(state: SessionState, input: SessionInput, moment: Moment): SessionStep {
	if (state.phase === 'stopped') return { state, actions: [] };
	switch (input.type) {
		case 'stop':
			return {
				state: { phase: 'stopped', reason: input.reason },
				actions: ['end-provider', 'end-sound']
			};
		case 'speech':
			if (state.phase !== 'waiting-for-sound') return { state, actions: [] };
			return { state: { phase: 'connecting', attempt: 0 }, actions: ['open-provider'] };
		case 'long-silence':
			if (state.phase !== 'running') return { state, actions: [] };
			return { state: WAITING, actions: ['end-provider'] };
		case 'provider-ready':
			if (state.phase !== 'connecting') return { state, actions: [] };
			return { state: { phase: 'running', attempt: state.attempt }, actions: [] };
		case 'provider-text':
			// Only text proves that it works: some servers accept everybody and drop them a moment later.
			if (state.phase !== 'running' || state.attempt === 0) return { state, actions: [] };
			return { state: { phase: 'running', attempt: 0 }, actions: [] };
		case 'provider-ended':
			if (state.phase !== 'connecting' && state.phase !== 'running') return { state, actions: [] };
			if (input.fault === null) return { state: WAITING, actions: [] };
			return retry({ what: 'provider', fault: input.fault, attempt: state.attempt }, moment, [
				'wait'
			]);
		case 'sound':
			return state.phase === 'waiting-for-sound' && state.attempt > 0
				? { state: WAITING, actions: [] }
				: { state, actions: [] };
		case 'sound-ended': {
			if (state.phase === 'retrying' && state.what === 'sound') return { state, actions: [] };
			// What came before was about the provider, unless the sound itself never arrived.
			const attempt = state.phase === 'waiting-for-sound' ? state.attempt : 0;
			return retry({ what: 'sound', fault: input.fault, attempt }, moment, [
				'end-provider',
				'wait'
			]);
		}
		case 'retry-due': {
			if (state.phase !== 'retrying' || moment.now < state.retryAt) return { state, actions: [] };
			const { attempt } = state;
			return state.what === 'provider'
				? { state: { phase: 'connecting', attempt }, actions: ['open-provider'] }
				: { state: { phase: 'waiting-for-sound', attempt }, actions: ['open-sound'] };
		}
	}
}

function retry(
	failed: Pick<Extract<SessionState, { phase: 'retrying' }>, 'what' | 'fault' | 'attempt'>,
	{ now, random }: Moment,
	actions: readonly SessionAction[]
): SessionStep {
	const attempt = failed.attempt + 1;
	const retryAt = now + retryDelayMs(failed.fault.code, attempt, random);
	return { state: { ...failed, phase: 'retrying', attempt, retryAt }, actions };
}
