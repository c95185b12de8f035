import type { DownReason } from './media-server.ts';

/** What is known of a media server by how its last answers went. Times are epoch ms. */
export type Outage =
	| { readonly kind: 'unknown' }
	| { readonly kind: 'answering' }
	| {
			readonly kind: 'failing';
			readonly since: number;
			/** Since when every answer was that nothing listens there; null when the last one was another. */
			readonly refusedSince: number | null;
			readonly failures: number;
	  };

export const NOTHING_KNOWN: Outage = { kind: 'unknown' };
export const ANSWERING: Outage = { kind: 'answering' };

/** One failed answer in between is nothing to worry people with. */
const FAILURES_TO_BE_DOWN = 2;
/** Nothing listens there any more: the process that carried the sound is gone. */
export const SILENT_AFTER_REFUSED_MS = 3_000;
/** No answer says nothing about the sound, which does not pass through the portal; but not for ever. */
export const SILENT_AFTER_NO_ANSWER_MS = 30_000;

export function failing(before: Outage, reason: DownReason, at: number): Outage {
	const earlier = before.kind === 'failing' ? before : null;
	return {
		kind: 'failing',
		since: earlier?.since ?? at,
		refusedSince: reason === 'refused' ? (earlier?.refusedSince ?? at) : null,
		// One that never answered yet has no credit.
		failures: (earlier?.failures ?? (before.kind === 'unknown' ? FAILURES_TO_BE_DOWN : 0)) + 1
	};
}

/** Whether people are told that the media server does not answer. */
export function isDown(outage: Outage): boolean {
	return outage.kind === 'failing' && outage.failures >= FAILURES_TO_BE_DOWN;
}

/** Whether nobody can be on air any more, so that booths must stop saying so. */
export function meansSilence(outage: Outage, at: number): boolean {
	if (outage.kind !== 'failing') return false;
	const { since, refusedSince } = outage;
	const refusedLong = refusedSince !== null && at - refusedSince >= SILENT_AFTER_REFUSED_MS;
	return refusedLong || at - since >= SILENT_AFTER_NO_ANSWER_MS;
}
