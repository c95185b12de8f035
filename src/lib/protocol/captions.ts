import { z } from 'zod';
import type { Answer } from './answer.ts';

export type { CaptionStatus } from '#lib/domain/captions/status.ts';

/** Captions as they go to people. Pages import the types alone: zod stays out of their bundles. */

/** Wider than any caption the worker makes; a longer text is no caption. */
export const CAPTION_TEXT_MAX_LENGTH = 2_000;
/** How many finals one catch-up answers with; ask again with the last `seq` while `more`. */
export const CATCH_UP_LENGTH = 200;
/** How many of the newest finals a reader who has just come gets, of the last few minutes. */
export const ARRIVAL_LENGTH = 40;
export const ARRIVAL_MS = 5 * 60_000;

const text = z.string().max(CAPTION_TEXT_MAX_LENGTH);
const epochMs = z.number().int().nonnegative();

/** What is being said. Replaces the one before with the same utterance; never stored, may be dropped. */
export const captionPartial = z.object({
	/** Booth id. */
	channel: z.number().int().positive(),
	utterance: z.string().min(1).max(100),
	revision: z.number().int().positive(),
	/** BCP-47 of what is said, `und` where nobody knows. */
	language: z.string().max(35),
	/** Empty: the words were withdrawn. */
	text
});
export type CaptionPartial = z.infer<typeof captionPartial>;

/**
 * What was said. Stored once; takes the place of the partial whose `utterance` is its `id`. One that comes
 * again with the same `seq`, `language` and a higher `version` is a correction and takes the place of the one
 * before.
 */
export const captionFinal = z.object({
	id: z.string().min(1).max(100),
	channel: z.number().int().positive(),
	/** Rises by one per channel for ever, also across restarts of worker and portal. */
	seq: z.number().int().positive(),
	language: z.string().max(35),
	/** A translation made by a machine, with the `seq` of what it translates. */
	machine: z.boolean(),
	version: z.number().int().positive(),
	text: text.min(1),
	/** Epoch ms of when the words were heard. */
	startedAt: epochMs,
	endedAt: epochMs,
	/** Display name of who was on air, where known. */
	speaker: z.string().max(200).nullable()
});
export type CaptionFinal = z.infer<typeof captionFinal>;

/**
 * "What came after `seq`?", by a client that was away; 0 for everything that is kept. `language` asks for the
 * machine's translation into it instead of what was said.
 */
export const captionsSince = z.object({
	channel: z.number().int().positive(),
	seq: z.number().int().nonnegative(),
	language: z.string().max(35).nullish()
});
/** Oldest first. `more`: ask again with the `seq` of the last one. */
export type CaptionsCaughtUp = { finals: CaptionFinal[]; more: boolean };

/**
 * Which captions this page reads from now on; null: none. A page reads one channel at a time. Without `seq`
 * the answer has the last minutes, else what came after it.
 */
export const captionsFollow = z.object({
	channel: z.number().int().positive().nullable(),
	language: z.string().max(35).nullish(),
	seq: z.number().int().nonnegative().nullish()
});
export type CaptionsFollowed = CaptionsCaughtUp & {
	/** What is being said at this moment. */
	partial: CaptionPartial | null;
};

export type CaptionRefusalCode = 'invalid_input' | 'rate_limited' | 'not_joined' | 'not_found';

/** Adds to the `/listen` namespace; after `listen:join`. */
export interface CaptionClientEvents {
	'captions:follow': (
		input: z.input<typeof captionsFollow>,
		ack: (answer: Answer<CaptionsFollowed>) => void
	) => void;
	'captions:since': (
		input: z.input<typeof captionsSince>,
		ack: (answer: Answer<CaptionsCaughtUp>) => void
	) => void;
}

export interface CaptionServerEvents {
	'caption:partial': (partial: CaptionPartial) => void;
	'caption:final': (final: CaptionFinal) => void;
}
