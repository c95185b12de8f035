import type { CaptionFault } from './fault.ts';
import { isHeld, type Lease } from './lease.ts';

/** Why captions that are switched on may not begin; somebody has to do something. */
export type CaptionBlock =
	| 'consent_missing' // the people of the channel did not agree
	| 'external_refused' // the event does not allow speech services outside
	| 'key_missing'
	| 'key_unreadable';

/** What people are told of a channel's captions; times are epoch ms. */
export type CaptionStatus =
	| { readonly kind: 'off' }
	| { readonly kind: 'blocked'; readonly reason: CaptionBlock }
	| { readonly kind: 'waiting-for-sound' }
	| { readonly kind: 'waiting-for-worker' }
	/** All sessions of the installation (`MAX_TOTAL_WORKERS`) are in use. */
	| { readonly kind: 'full'; readonly limit: number }
	| { readonly kind: 'connecting' }
	| { readonly kind: 'running' }
	| {
			readonly kind: 'retrying';
			readonly what: 'sound' | 'provider';
			readonly fault: CaptionFault;
			readonly attempt: number;
			readonly retryAt: number;
	  };

/** What the worker that holds the channel says of itself. */
export type ReportedPhase =
	| { readonly phase: 'waiting-for-sound' | 'connecting' | 'running' }
	| {
			readonly phase: 'retrying';
			readonly what: 'sound' | 'provider';
			readonly fault: CaptionFault;
			readonly attempt: number;
			readonly retryAt: number;
	  };

export type CaptionFacts = {
	readonly enabled: boolean;
	readonly block: CaptionBlock | null;
	/** Sound arrives at the media server. */
	readonly sound: boolean;
	readonly lease: Lease;
	readonly phase: ReportedPhase | null;
	/** Sessions that run in the installation, and how many may. */
	readonly running: number;
	readonly limit: number;
};

/** One answer to "why do I see no captions?", the first reason first. */
export function captionStatus(facts: CaptionFacts, now: number): CaptionStatus {
	const { enabled, block, sound, lease, phase, running, limit } = facts;
	if (!enabled) return { kind: 'off' };
	if (block !== null) return { kind: 'blocked', reason: block };
	if (isHeld(lease, now)) {
		if (phase === null) return { kind: 'waiting-for-sound' };
		if (phase.phase !== 'retrying') return { kind: phase.phase };
		const { what, fault, attempt, retryAt } = phase;
		return { kind: 'retrying', what, fault, attempt, retryAt };
	}
	if (!sound) return { kind: 'waiting-for-sound' };
	return running >= limit ? { kind: 'full', limit } : { kind: 'waiting-for-worker' };
}
