import { z } from 'zod';
import type { LanguageCode } from '#lib/domain/language.ts';
import type { Answer, CommonServerEvents } from './answer.ts';
import type { CaptionClientEvents, CaptionServerEvents } from './captions.ts';

/** Namespace `/listen`: one socket per listener page; the same shape over REST when the socket is down. */

export const listenJoin = z.object({ event: z.string().max(64) });

/** A channel as the audience sees it; no participants, no names. */
export type ChannelState = {
	booth: number;
	/** Slug of the room, null for the main room. */
	room: string | null;
	language: LanguageCode;
	/** Path at the media server, `{base}/{path}/whep`. */
	path: string;
	/** `on`: a voice is arriving · `off`: nobody on air · `closed`: the organiser closed the channel. */
	air: 'on' | 'off' | 'closed';
	/** Epoch ms since when `air` is what it is. */
	since: number;
	/** Captions of it are switched on. */
	captions: boolean;
	/** Its interpreters agreed to be recorded; without it a phone keeps no sound of it, not even for a replay. */
	replay: boolean;
};

export type ListenRoom = {
	slug: string;
	name: string;
	main: boolean;
	/** How long the organiser wants sound held back, so that it fits a late video; ms, 0–10,000. */
	delayMs: number;
};

export type ListenSnapshot = {
	/** `notes`: what the organiser tells the audience about the venue; plain text, may be empty. */
	event: { slug: string; name: string; notes: string };
	rooms: ListenRoom[];
	channels: ChannelState[];
	/** What the event offers besides; missing in what a phone remembers from before. */
	offers?: {
		/** Languages into which a machine translates the captions of every channel. */
		translations: LanguageCode[];
		/** Transcripts may be downloaded. */
		transcript: boolean;
	};
	serverNow: number;
};

export interface ListenClientEvents extends CaptionClientEvents {
	'listen:join': (
		input: z.input<typeof listenJoin>,
		ack: (answer: Answer<ListenSnapshot>) => void
	) => void;
}

export interface ListenServerEvents extends CommonServerEvents, CaptionServerEvents {
	/** The channels that changed; replaces the ones with the same `booth`. */
	'listen:channels': (channels: ChannelState[]) => void;
	/** All rooms, when one of them changed. */
	'listen:rooms': (rooms: ListenRoom[]) => void;
}
