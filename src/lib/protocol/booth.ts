import { z } from 'zod';
import type { Phase, Participant } from '#lib/domain/booth/state.ts';
import type { CaptionStatus } from '#lib/domain/captions/status.ts';
import type { BoothAct } from '#lib/domain/booth/view.ts';
import type { RelayQuality } from '#lib/domain/booth/relay.ts';
import type { BoothId, SeatId } from '#lib/domain/ids.ts';
import type { LanguageCode } from '#lib/domain/language.ts';
import type { Answer, CommonServerEvents } from './answer.ts';
import type { DeskEntry } from './control.ts';

/**
 * Namespace `/booth`: one socket per open console page. The handshake may name the booth in
 * `auth: {event, room, language}`; then a person of another scope is refused with `connect_error` 4003 at
 * once instead of at `booth:join` (answer `forbidden`, then `closed` 4003).
 */

export const CHAT_BODY_MAX_LENGTH = 2000;
export const CHAT_HISTORY_LENGTH = 100;

export const boothAddress = z.object({
	event: z.string().max(64),
	/** Room slug; absent or null means the main room. */
	room: z.string().max(64).nullish(),
	language: z.string().max(35)
});

/**
 * `seatToken` is what an earlier join on this very page answered; it brings the page back to its own seat
 * after a lost connection. It lives in the page's memory only, so a reload never resumes a seat.
 */
export const boothJoin = boothAddress.extend({ seatToken: z.string().max(2000).optional() });
export const boothToSeat = z.object({ seat: z.string().min(1).max(100) });
export const boothChat = z.object({ body: z.string().trim().min(1).max(CHAT_BODY_MAX_LENGTH) });
export const nothing = z.object({}).strict();

export const NOTE_MAX_LENGTH = 200;
export const HELP_MAX_LENGTH = 500;
/** `from`: booth id; null is the floor. */
export const boothRelay = z.object({ from: z.number().int().positive().nullable() });
export const boothConsent = z.object({ captions: z.boolean() });
export const boothHelp = z.object({ text: z.string().trim().max(HELP_MAX_LENGTH) });
export const boothSignal = z.object({
	code: z.enum(['slower', 'louder', 'closer', 'cannot_interpret'])
});
export const boothNote = z.object({ text: z.string().trim().min(1).max(NOTE_MAX_LENGTH) });
export const boothMatter = z.object({ id: z.uuid() });

/** From the media server, never from a browser. */
export type IngestStatus = 'disconnected' | 'connected' | 'overloaded';

/** What this person may do right now; the page draws its buttons from it. */
export type { BoothAct };

export type BoothParticipant = Pick<Participant, 'seat' | 'person' | 'name' | 'role'> & {
	connected: boolean;
	joinedAt: number;
	/** The booth they interpret from; null: the floor. */
	relay: BoothId | null;
	/** Whether their voice may become captions; null: nobody asked. */
	captions: boolean | null;
};

/** Another booth of the room as a source of relay. */
export type RelayOption = {
	booth: number;
	language: LanguageCode;
	path: string;
	air: 'on' | 'off' | 'closed';
	/** `direct`: interpreted from the floor · `relayed`: itself an interpretation of an interpretation. */
	quality: RelayQuality;
	/** False when that booth depends on this one. */
	allowed: boolean;
};

/** A line that boothmates jot down for each other. */
export type BoothNote = { id: string; name: string; text: string; writtenAt: number };

/** What the people of a booth share beside chat: notes, and what they asked the desk or told the speaker. */
export type Together = { notes: BoothNote[]; matters: DeskEntry[] };

/**
 * One booth as one person sees it. Replaces the one before unless its `version` is lower: media figures
 * change without a new version, so an equal version is news too.
 */
export type BoothView = {
	booth: number;
	version: number;
	/** Epoch ms of the server when this view was made; deadlines are on the same clock. */
	serverNow: number;
	event: { slug: string; name: string };
	room: { slug: string; name: string; main: boolean };
	language: LanguageCode;
	phase: Phase;
	participants: BoothParticipant[];
	ingest_status: IngestStatus;
	/** Listeners connected to the channel at the media server, or null while it cannot be asked. */
	listeners: number | null;
	media_ok: boolean;
	/** How the channel's captions stand. */
	captions: CaptionStatus;
	/** The other booths of the room. */
	relays: RelayOption[];
	/** Since when the one on air has had the microphone, with short breaks; null when nobody is. */
	turnSince: number | null;
	you: { seat: SeatId; acts: BoothAct[] };
};

export type ChatMessage = {
	id: string;
	person: string;
	name: string;
	body: string;
	sentAt: number;
};

/** Said once and loudly to the people in a booth; the state alone does not tell what just happened. */
export type BoothNotice = {
	code:
		| 'seat_lost' // the holder is gone; you may take over
		| 'no_sound' // asked to go live, nothing arrived
		| 'sound_lost'
		| 'handover_declined'
		| 'handover_cancelled'
		| 'handover_expired'
		| 'handover_no_sound' // accepted, but the newcomer's sound never arrived
		| 'handed_over'
		| 'reassigned' // by a coordinator
		| 'taken_off' // by a coordinator; `text` says why
		| 'closed'
		| 'media_server_down'
		| 'media_server_back';
	/** Display name of the person it is about, where there is one. */
	name: string | null;
	/** What a coordinator gave as reason. */
	text?: string;
	at: number;
};

/** Where to listen: base URL of the media server and a read token for the event's paths. */
export type ReadTicket = { base: string; token: string; expiresAt: number };

/** Answer of `GET /api/events/{slug}/booths/{lang}/whip-url`. */
export type PublishTicket = { url: string; token: string; expiresAt: number };

export type BoothJoined = {
	/**
	 * `fresh`: a new seat · `returned`: the seat of `seatToken`, with all its rights · `replaced`: that seat
	 * was lost meanwhile, so this is a new one that holds nothing.
	 */
	entry: 'fresh' | 'returned' | 'replaced';
	seatToken: string;
	state: BoothView;
	/** The last CHAT_HISTORY_LENGTH messages, oldest first; empty for those who may not chat. */
	chat: ChatMessage[];
};

/** Codes a `/booth` request may be refused with, beside the rules' own (`BoothRefusalCode`). */
export type BoothSocketRefusalCode =
	| 'invalid_input'
	| 'rate_limited'
	| 'not_found'
	| 'forbidden'
	| 'busy' // the booth's lock was not had in time; ask again
	| 'elsewhere' // this socket sits in another booth
	| 'internal_error';

export interface BoothClientEvents {
	'booth:join': (
		input: z.input<typeof boothJoin>,
		ack: (answer: Answer<BoothJoined>) => void
	) => void;
	'booth:leave': (input: object, ack: (answer: Answer) => void) => void;
	'booth:go-live': (input: object, ack: (answer: Answer) => void) => void;
	'booth:stop': (input: object, ack: (answer: Answer) => void) => void;
	'booth:offer': (input: z.input<typeof boothToSeat>, ack: (answer: Answer) => void) => void;
	'booth:request': (input: object, ack: (answer: Answer) => void) => void;
	'booth:accept': (input: object, ack: (answer: Answer) => void) => void;
	'booth:decline': (input: object, ack: (answer: Answer) => void) => void;
	'booth:cancel': (input: object, ack: (answer: Answer) => void) => void;
	/** "My sound should be there": the portal looks at the media server at once instead of at its next tick. */
	'booth:arrived': (input: object, ack: (answer: Answer) => void) => void;
	'booth:set-active': (input: z.input<typeof boothToSeat>, ack: (answer: Answer) => void) => void;
	'booth:open': (input: object, ack: (answer: Answer) => void) => void;
	'booth:close': (input: object, ack: (answer: Answer) => void) => void;
	/** Interprets from another booth of the room; refusal `relay_loop`, `relay_self`, `relay_elsewhere`. */
	'booth:relay': (input: z.input<typeof boothRelay>, ack: (answer: Answer) => void) => void;
	'booth:consent': (input: z.input<typeof boothConsent>, ack: (answer: Answer) => void) => void;
	'booth:help': (input: z.input<typeof boothHelp>, ack: (answer: Answer) => void) => void;
	/** To the speaker's page and the desk. */
	'booth:signal': (input: z.input<typeof boothSignal>, ack: (answer: Answer) => void) => void;
	/** A request or signal of this booth is over. */
	'booth:done': (input: z.input<typeof boothMatter>, ack: (answer: Answer) => void) => void;
	'booth:note': (input: z.input<typeof boothNote>, ack: (answer: Answer) => void) => void;
	'booth:note-remove': (input: z.input<typeof boothMatter>, ack: (answer: Answer) => void) => void;
	'booth:together': (input: object, ack: (answer: Answer<Together>) => void) => void;
	'booth:chat': (
		input: z.input<typeof boothChat>,
		ack: (answer: Answer<ChatMessage>) => void
	) => void;
}

export interface BoothServerEvents extends CommonServerEvents {
	'booth:state': (state: BoothView) => void;
	'booth:chat': (message: ChatMessage) => void;
	'booth:notice': (notice: BoothNotice) => void;
	'booth:together': (together: Together) => void;
}
