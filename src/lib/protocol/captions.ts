import { z } from 'zod';
import type { Answer } from './answer.ts';

/** Captions as they go to people. Pages import the types alone: zod stays out of their bundles. */

/** Wider than any caption the worker makes; a longer text is no caption. */
export const CAPTION_TEXT_MAX_LENGTH = 2_000;
/** How many finals one catch-up answers with; ask again with the last `seq` while `more`. */
export const CATCH_UP_LENGTH = 200;

const text = z.string().max(CAPTION_TEXT_MAX_LENGTH);
const epochMs = z.number().int().nonnegative();

/** What is being said. Replaces the one before with the same utterance; never stored, may be dropped. */
export const captionPartial = z.object({
	/** Booth id. */
	channel: z.number().int().positive(),
	utterance: z.string().min(1).max(100),
	revision: z.number().int().positive(),
	/** Empty: the words were withdrawn. */
	text
});
export type CaptionPartial = z.infer<typeof captionPartial>;

/** What was said. Stored once; takes the place of the partial whose `utterance` is its `id`. */
export const captionFinal = z.object({
	id: z.string().min(1).max(100),
	channel: z.number().int().positive(),
	/** Rises by one per channel for ever, also across restarts of worker and portal. */
	seq: z.number().int().positive(),
	text: text.min(1),
	/** Epoch ms of when the words were heard. */
	startedAt: epochMs,
	endedAt: epochMs,
	/** Display name of who was on air, where known. */
	speaker: z.string().max(200).nullable()
});
export type CaptionFinal = z.infer<typeof captionFinal>;

/** "What came after `seq`?", by a client that was away; 0 for everything that is kept. */
export const captionsSince = z.object({
	channel: z.number().int().positive(),
	seq: z.number().int().nonnegative()
});
export type CaptionsCaughtUp = { finals: CaptionFinal[]; more: boolean };

/** Adds to the `/listen` and `/booth` namespaces. */
export interface CaptionClientEvents {
	'captions:since': (
		input: z.input<typeof captionsSince>,
		ack: (answer: Answer<CaptionsCaughtUp>) => void
	) => void;
}

export interface CaptionServerEvents {
	'caption:partial': (partial: CaptionPartial) => void;
	'caption:final': (final: CaptionFinal) => void;
}
