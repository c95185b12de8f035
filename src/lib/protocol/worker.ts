import { z } from 'zod';
import { CAPTION_FAULT_CODES } from '#lib/domain/captions/fault.ts';
import type { ClaimRefusalCode } from '#lib/domain/captions/lease.ts';
import type { StopReason } from '#lib/domain/captions/session.ts';
import type { Answer, CommonServerEvents } from './answer.ts';
import { CAPTION_TEXT_MAX_LENGTH } from './captions.ts';

/**
 * Namespace `/worker`: one socket per transcriber process. The handshake carries `auth: {secret, worker}`;
 * a wrong secret is refused with `connect_error` 4001.
 *
 * 1. The worker says `worker:hello`; the portal answers with its clock and offers channels by
 *    `session:offered`, one worker at a time, and again as long as a channel needs captions and has none.
 * 2. The worker answers an offer with `session:claim` and gets the order: what to do, with which key. It
 *    then holds a lease that each `worker:heartbeat` prolongs.
 * 3. Before each time it opens the sound it asks `session:source` for a URL: tokens in it are short-lived.
 * 4. It reports `session:state` on each change of phase, `caption:partial` without an answer, and
 *    `caption:final` until it is acknowledged; the id makes a repeated one harmless.
 * 5. `session:withdrawn` asks it to stop; it flushes the tail, sends what is left and says `session:release`.
 *
 * After a lost connection it says hello again with the sessions it still runs, and is told which of them are
 * not its own any more. Without the portal it goes on for two minutes, so that a restart costs no words: finals
 * that were not acknowledged are kept and sent when the portal is back, and the portal takes late ones by the
 * lease rules (`mayStore`).
 */

const id = z.string().min(1).max(100);
const epoch = z.number().int().positive();
const epochMs = z.number().int().nonnegative();

export const workerHandshake = z.object({
	secret: z.string().min(1).max(500),
	/** Stable for the process, new with each start. */
	worker: id
});

/** A session the worker runs, by id and the epoch of its lease. */
export const heldSession = z.object({ session: id, epoch });

export const workerHello = z.object({
	/** Host and process, for people. */
	name: z.string().min(1).max(200),
	version: z.string().max(50),
	/** How many channels this machine carries. */
	capacity: z.number().int().min(0).max(1_000),
	/** Names of the providers this worker can run. */
	providers: z.array(z.string().max(40)).max(50),
	held: z.array(heldSession).max(1_000)
});

export const workerHeartbeat = z.object({ held: z.array(heldSession).max(1_000) });
export const sessionClaim = z.object({ session: id });
export const sessionSource = heldSession;

const captionFault = z.object({
	code: z.enum(CAPTION_FAULT_CODES),
	detail: z.string().max(500)
});

/** A phase as people see it; times are epoch ms on the portal's clock. */
export const sessionPhase = z.discriminatedUnion('phase', [
	z.object({ phase: z.literal('waiting-for-sound') }),
	z.object({ phase: z.literal('connecting') }),
	z.object({ phase: z.literal('running') }),
	z.object({
		phase: z.literal('retrying'),
		what: z.enum(['sound', 'provider']),
		fault: captionFault,
		attempt: z.number().int().positive(),
		retryAt: epochMs
	})
]);
export type SessionPhase = z.infer<typeof sessionPhase>;

export const sessionState = heldSession.extend({ state: sessionPhase });
export const sessionRelease = heldSession.extend({ reason: z.string().max(100) });

export const workerPartial = heldSession.extend({
	utterance: id,
	revision: z.number().int().positive(),
	text: z.string().max(CAPTION_TEXT_MAX_LENGTH)
});
export type WorkerPartial = z.infer<typeof workerPartial>;

/** `id` is the utterance of its partials; the portal stores one row per id and gives it the next `seq`. */
export const workerFinal = heldSession.extend({
	id,
	text: z.string().min(1).max(CAPTION_TEXT_MAX_LENGTH),
	startedAt: epochMs,
	endedAt: epochMs
});
export type WorkerFinal = z.infer<typeof workerFinal>;

/** Which session the portal wants run; no secret in it, several workers may see it. */
export const sessionOffer = z.object({
	session: id,
	channel: z.number().int().positive(),
	provider: z.string().max(40)
});
export type SessionOffer = z.infer<typeof sessionOffer>;

/** Everything needed to run a session, given to the one worker that has the lease. */
export const sessionOrder = z.object({
	session: id,
	epoch,
	channel: z.number().int().positive(),
	/** Media path, for logs. */
	path: z.string().max(200),
	/** BCP-47; of a floor the language spoken there, or null when nobody said. */
	language: z.string().max(35).nullable(),
	provider: z.string().max(40),
	/** Empty: the provider's usual one. */
	model: z.string().max(120),
	/** Null: none is set. The portal has decrypted it; `key_unreadable` tells that it could not. */
	key: z.string().max(1_000).nullable(),
	/** Server of an OpenAI-compatible or self-hosted provider; null for the vendor's own. */
	server: z.string().max(500).nullable(),
	/** Names and terms that are likely to be spoken. */
	hints: z.array(z.string().max(100)).max(500),
	/** Words to hide. */
	hiddenWords: z.array(z.string().max(100)).max(2_000)
});
export type SessionOrder = z.infer<typeof sessionOrder>;

export const soundSource = z.object({
	/** RTSP, with a read token in its query. Open it at once. */
	url: z.string().max(4_000),
	expiresAt: epochMs
});
export type SoundSource = z.infer<typeof soundSource>;

/** Answer to hello and heartbeat. */
export const workerWelcome = z.object({
	/** The portal's clock; the worker's times are given on it. */
	serverNow: epochMs,
	/** Sessions of `held` that are not the worker's any more: stop them, say nothing. */
	lost: z.array(id)
});
export type WorkerWelcome = z.infer<typeof workerWelcome>;

/** `stored` anew or before (`seq` is the same); refusal `lease_lost`: drop it, another worker said it. */
export const finalStored = z.object({ seq: z.number().int().positive() });
export type FinalStored = z.infer<typeof finalStored>;

export const sessionWithdrawn = z.object({
	session: id,
	reason: z.enum([
		'switched_off',
		'off_air',
		'settings_changed',
		'lease_lost',
		'worker_going',
		'deleted'
	] satisfies StopReason[])
});
export type SessionWithdrawn = z.infer<typeof sessionWithdrawn>;

/** Ten seconds of a bundled recording through a provider, for somebody who sets it up; told to nobody else. */
export const trialOrder = z.object({
	trial: id,
	provider: z.string().max(40),
	/** Empty: the provider's usual one. */
	model: z.string().max(120),
	/** BCP-47; a recording in another language is used where there is none in this one. */
	language: z.string().max(35).nullable(),
	key: z.string().max(1_000).nullable(),
	server: z.string().max(500).nullable(),
	hints: z.array(z.string().max(100)).max(500)
});
export type TrialOrder = z.infer<typeof trialOrder>;

export const trialResult = z.object({
	/** BCP-47 of the recording. */
	language: z.string().max(35),
	text: z.string().max(4_000),
	/** From the first sound of a caption to its first words, and from its last sound to its final. */
	firstTextMs: z.number().nullable(),
	finalMs: z.number().nullable(),
	fault: captionFault.nullable()
});
export type TrialResult = z.infer<typeof trialResult>;

export type WorkerRefusalCode =
	| 'invalid_input'
	| 'not_found'
	| 'lease_lost'
	| 'key_unreadable'
	| 'internal_error'
	| ClaimRefusalCode;

export interface WorkerClientEvents {
	'worker:hello': (
		input: z.input<typeof workerHello>,
		ack: (answer: Answer<WorkerWelcome>) => void
	) => void;
	'worker:heartbeat': (
		input: z.input<typeof workerHeartbeat>,
		ack: (answer: Answer<WorkerWelcome>) => void
	) => void;
	'session:claim': (
		input: z.input<typeof sessionClaim>,
		ack: (answer: Answer<SessionOrder>) => void
	) => void;
	'session:source': (
		input: z.input<typeof sessionSource>,
		ack: (answer: Answer<SoundSource>) => void
	) => void;
	'session:state': (input: z.input<typeof sessionState>) => void;
	'session:release': (input: z.input<typeof sessionRelease>, ack: (answer: Answer) => void) => void;
	'caption:partial': (input: z.input<typeof workerPartial>) => void;
	'caption:final': (
		input: z.input<typeof workerFinal>,
		ack: (answer: Answer<FinalStored>) => void
	) => void;
}

export interface WorkerServerEvents extends CommonServerEvents {
	'session:offered': (offer: SessionOffer) => void;
	'session:withdrawn': (withdrawn: SessionWithdrawn) => void;
	'trial:run': (order: TrialOrder, ack: (result: TrialResult) => void) => void;
}
