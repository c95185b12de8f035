/**
 * What a speech provider says about one stream of sound, in the words of no vendor.
 *
 * All times are ms on one clock of the caller's choice (the worker uses epoch ms of when the sound was heard).
 */
export type Fragment =
	/** A guess for everything after the last `final`; replaces the guess before. */
	| ({ readonly type: 'interim'; readonly text: string } & Span)
	/** Text the provider will not change any more. It takes the place of the guess. */
	| ({ readonly type: 'final'; readonly text: string } & Span)
	/** The speaker paused: nothing that was said before will be sent again. A guess that is left counts as said. */
	| { readonly type: 'utterance-end' }
	/** The guess was no speech after all. */
	| { readonly type: 'clear' };

/** When the words of a fragment were spoken, as far as the provider tells. */
export type Span = { readonly startedAt?: number; readonly endedAt?: number };

/** What the aggregator makes of fragments. `utterance` counts from 1 and never repeats within one aggregator. */
export type CaptionEvent =
	| {
			readonly type: 'partial';
			readonly utterance: number;
			/** Rises by one with each partial of the utterance. */
			readonly revision: number;
			/** The whole text so far; empty when the words were withdrawn. */
			readonly text: string;
	  }
	| {
			readonly type: 'final';
			readonly utterance: number;
			readonly text: string;
			readonly startedAt: number;
			readonly endedAt: number;
	  };
