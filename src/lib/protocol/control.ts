import { z } from 'zod';
import type { AlertCode, MatterState, SignalCode } from '#lib/domain/desk/alerts.ts';
import type { RelayQuality } from '#lib/domain/booth/relay.ts';
import type { Phase } from '#lib/domain/booth/state.ts';
import type { CaptionStatus } from '#lib/domain/captions/status.ts';
import type { LanguageCode } from '#lib/domain/language.ts';
import type { Answer, CommonServerEvents } from './answer.ts';
import type { BoothParticipant, IngestStatus } from './booth.ts';

/**
 * Namespace `/control`: the coordinator's desk of one event, and the page in front of a speaker. Whoever looks here is
 * in no booth and can never be put on air.
 */

export const REASON_MAX_LENGTH = 200;

export const controlJoin = z.object({
	event: z.string().max(64),
	/** `desk`: all rooms the person may coordinate · `speaker`: the signals to one room's speaker. */
	as: z.enum(['desk', 'speaker']),
	/** Of `speaker`: room slug; absent or null means the main room. */
	room: z.string().max(64).nullish()
});
const booth = z.number().int().positive();
export const controlBooth = z.object({ booth });
export const controlToSeat = z.object({ booth, seat: z.string().min(1).max(100) });
export const controlTakeOff = z.object({
	booth,
	reason: z.string().trim().min(1).max(REASON_MAX_LENGTH)
});
export const controlMessage = z.object({
	/** Null: every booth of the desk. */
	booth: booth.nullable(),
	body: z.string().trim().min(1).max(2000)
});
export const controlMove = z.object({ id: z.uuid(), state: z.enum(['handled', 'done']) });

/** One booth as the desk sees it. What is said of sound comes from the media server alone. */
export type DeskBooth = {
	booth: number;
	/** Slug. */
	room: string;
	language: LanguageCode;
	/** Media path, to listen in. */
	path: string;
	phase: Phase;
	participants: BoothParticipant[];
	ingest_status: IngestStatus;
	/** Null while the media server cannot be asked. */
	listeners: number | null;
	sound: {
		/** dBFS, at most 0 and −127 for silence; null where the media server does not tell levels (MediaMTX). */
		levelDb: number | null;
		/** For how long nothing but silence has arrived while somebody publishes, ms. */
		quietMs: number;
		/** Share of the uplink lost over the last seconds, 0–1. */
		loss: number;
		jitterMs: number | null;
	};
	captions: CaptionStatus;
	relay: RelayQuality;
	/** Since when the one on air has had the microphone, with short breaks; epoch ms. */
	turnSince: number | null;
	alerts: AlertCode[];
};

/** A matter on the desk from beginning to end. */
export type DeskEntry = {
	id: string;
	kind: 'help' | 'signal' | 'alert';
	/** `AlertCode`, `SignalCode`, or whom a request for help calls. */
	code: string;
	text: string;
	state: MatterState;
	booth: number | null;
	/** Who raised it; empty for an alert. */
	name: string;
	/** Who has seen to it. */
	handler: string | null;
	openedAt: number;
	changedAt: number;
	closedAt: number | null;
};

export type DeskSnapshot = {
	event: { slug: string; name: string };
	rooms: { slug: string; name: string; main: boolean }[];
	booths: DeskBooth[];
	entries: DeskEntry[];
	mediaOk: boolean;
	serverNow: number;
};

/** What is new since the last one: at most one a second, and only if something is. */
export type DeskChanges = {
	booths: DeskBooth[];
	/** Booths that are not there any more. */
	gone: number[];
	/** All entries, when one of them changed. */
	entries: DeskEntry[] | null;
	mediaOk: boolean;
	serverNow: number;
};

/** What a speaker should see: each signal with how many booths give it. */
export type SpeakerView = {
	event: { slug: string; name: string };
	room: { slug: string; name: string; main: boolean };
	signals: { code: SignalCode; booths: number; at: number }[];
	serverNow: number;
};

export interface ControlClientEvents {
	'control:join': (
		input: z.input<typeof controlJoin>,
		ack: (answer: Answer<DeskSnapshot | SpeakerView>) => void
	) => void;
	'control:open': (input: z.input<typeof controlBooth>, ack: (answer: Answer) => void) => void;
	'control:close': (input: z.input<typeof controlBooth>, ack: (answer: Answer) => void) => void;
	'control:set-active': (
		input: z.input<typeof controlToSeat>,
		ack: (answer: Answer) => void
	) => void;
	/** Takes whoever is on air off, with a reason they read; they may go live again. */
	'control:take-off': (
		input: z.input<typeof controlTakeOff>,
		ack: (answer: Answer) => void
	) => void;
	'control:message': (input: z.input<typeof controlMessage>, ack: (answer: Answer) => void) => void;
	'control:move': (input: z.input<typeof controlMove>, ack: (answer: Answer) => void) => void;
}

export interface ControlServerEvents extends CommonServerEvents {
	'control:changes': (changes: DeskChanges) => void;
	'control:speaker': (view: SpeakerView) => void;
}
