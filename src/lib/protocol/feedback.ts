import { z } from 'zod';
import type { SoundVerdict } from '#lib/domain/listening/sound-fault.ts';

/** `POST /api/events/{slug}/feedback`: what a listener tells; nothing in it says who they are. */

const part = z.number().min(0).max(1);

export const soundFigures = z.object({
	flowing: z.boolean(),
	lost: part,
	concealed: part,
	jitterMs: z.number().min(0).max(60_000),
	roundTripMs: z.number().min(0).max(60_000).nullable(),
	levelDbfs: z.number().min(-200).max(20).nullable()
});

const base = {
	/** Made on the phone: what is sent twice, because an answer was lost, is stored once. */
	id: z.uuid(),
	/** Booth id of the channel that was heard. */
	booth: z.number().int().positive(),
	/** When it was pressed, epoch ms; it may be sent much later. */
	happenedAt: z.number().int().positive()
};

export const feedbackInput = z.discriminatedUnion('kind', [
	z.object({ ...base, kind: z.literal('bad-sound'), figures: soundFigures.nullable() }),
	z.object({ ...base, kind: z.literal('rating'), rating: z.number().int().min(1).max(5) })
]);
export type FeedbackInput = z.infer<typeof feedbackInput>;

export type FeedbackTaken = { verdict: SoundVerdict | null };

/** `GET /api/events/{slug}/audience`, for coordinators: who listens now, and what they complain about. */
export type ChannelAudience = {
	booth: number;
	/** Slug of the room, null for the main room. */
	room: string | null;
	language: string;
	/** Null while the media server does not answer. */
	listeners: number | null;
	/** "Bad sound" of the last ten minutes, by whose fault it is. */
	flags: Record<SoundVerdict, number>;
};
export type Audience = { channels: ChannelAudience[]; serverNow: number };
