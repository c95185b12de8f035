import { io, type Socket } from 'socket.io-client';
import { HEARTBEAT_MS } from '#lib/domain/captions/lease.ts';
import { refuse, type Result } from '#lib/domain/result.ts';
import type { Answer } from '#lib/protocol/answer.ts';
import {
	sessionOffer,
	sessionOrder,
	sessionWithdrawn,
	soundSource,
	workerWelcome,
	finalStored,
	trialOrder,
	type FinalStored,
	type SessionOffer,
	type SessionOrder,
	type SessionPhase,
	type SessionWithdrawn,
	type SoundSource,
	type TrialOrder,
	type TrialResult,
	type WorkerClientEvents,
	type WorkerFinal,
	type WorkerPartial,
	type WorkerServerEvents
} from '#lib/protocol/worker.ts';
import type { Logger } from 'pino';
import { z } from 'zod';

export type LinkSettings = {
	/** Base URL of the portal. */
	readonly portal: string;
	readonly secret: string;
	/** Id of this process. */
	readonly worker: string;
	readonly name: string;
	readonly version: string;
	readonly capacity: number;
	readonly providers: readonly string[];
	readonly heartbeatMs?: number;
	readonly answerMs?: number;
};

type PortalSocket = Socket<WorkerServerEvents, WorkerClientEvents>;

export type HeldSession = { readonly session: string; readonly epoch: number };

export type LinkListener = {
	/** What this worker runs, to be told at each hello and heartbeat. */
	held(): HeldSession[];
	/** The portal knows us (again). */
	welcomed(lost: readonly string[]): void;
	away(): void;
	lost(sessions: readonly string[]): void;
	offered(offer: SessionOffer): void;
	withdrawn(withdrawn: SessionWithdrawn): void;
	trial(order: TrialOrder): Promise<TrialResult>;
};

const ANSWER_MS = 8_000;
/** After a refusal of the secret somebody has to do something first. */
const REFUSED_RETRY_MS = 10_000;

/** The worker's end of the `/worker` namespace: hello, heartbeat, and requests that always get an answer. */
export class PortalLink {
	readonly #settings: LinkSettings;
	readonly #listener: LinkListener;
	readonly #log: Logger;
	readonly #socket: PortalSocket;
	#heartbeat: NodeJS.Timeout | undefined;
	#again: NodeJS.Timeout | undefined;
	#offsetMs = 0;
	#welcome = false;

	constructor(settings: LinkSettings, listener: LinkListener, log: Logger) {
		this.#settings = settings;
		this.#listener = listener;
		this.#log = log;
		this.#socket = io(`${settings.portal}/worker`, {
			auth: { secret: settings.secret, worker: settings.worker },
			transports: ['websocket'],
			autoConnect: false,
			reconnectionDelay: 500,
			reconnectionDelayMax: 5_000,
			randomizationFactor: 0.5
		});
		this.#socket.on('connect', () => void this.#hello());
		this.#socket.on('disconnect', (reason) => this.#gone(reason));
		this.#socket.on('connect_error', (error) => this.#refused(error));
		this.#socket.on('closed', ({ code, reason }) =>
			log.warn({ code, reason }, 'the portal closed us')
		);
		this.#socket.on('session:offered', (offer) => {
			const parsed = sessionOffer.safeParse(offer);
			if (parsed.success) listener.offered(parsed.data);
		});
		this.#socket.on('trial:run', (order, ack) => {
			const parsed = trialOrder.safeParse(order);
			if (!parsed.success) return;
			listener
				.trial(parsed.data)
				.then(ack, (error: unknown) =>
					log.warn({ err: error, provider: parsed.data.provider }, 'a trial did not end')
				);
		});
		this.#socket.on('session:withdrawn', (withdrawn) => {
			const parsed = sessionWithdrawn.safeParse(withdrawn);
			if (parsed.success) listener.withdrawn(parsed.data);
		});
	}

	connect(): void {
		this.#socket.connect();
	}

	close(): void {
		clearTimeout(this.#again);
		clearInterval(this.#heartbeat);
		this.#socket.disconnect();
	}

	/** Epoch ms on the portal's clock, as of the last answer. */
	now(): number {
		return Date.now() + this.#offsetMs;
	}

	claim(session: string): Promise<Result<SessionOrder>> {
		return this.#ask(sessionOrder, (socket) => socket.emitWithAck('session:claim', { session }));
	}

	source(held: HeldSession): Promise<Result<SoundSource>> {
		return this.#ask(soundSource, (socket) => socket.emitWithAck('session:source', held));
	}

	/** Gives a lease back; without the portal it runs out by itself. */
	async release(held: HeldSession, reason: string): Promise<void> {
		await this.#ask(z.null(), (socket) =>
			socket.emitWithAck('session:release', { ...held, reason })
		);
	}

	phase(held: HeldSession, state: SessionPhase): void {
		if (this.#welcome) this.#socket.emit('session:state', { ...held, state });
	}

	partial(partial: WorkerPartial): void {
		if (this.#welcome) this.#socket.volatile.emit('caption:partial', partial);
	}

	/** @throws when no answer came: it may have been stored or not */
	async final(final: WorkerFinal): Promise<Answer<FinalStored>> {
		const answer: Answer<FinalStored> = await this.#timed().emitWithAck('caption:final', final);
		return answer.ok ? { ok: true, value: finalStored.parse(answer.value) } : answer;
	}

	#timed() {
		return this.#socket.timeout(this.#settings.answerMs ?? ANSWER_MS);
	}

	async #ask<T>(
		shape: z.ZodType<T>,
		emit: (socket: ReturnType<PortalSocket['timeout']>) => Promise<Answer<T>>
	): Promise<Result<T>> {
		if (!this.#socket.connected) return refuse('portal_away', 'The portal does not answer.');
		try {
			const answer = await emit(this.#timed());
			if (!answer.ok) return answer;
			return { ok: true, value: shape.parse(answer.value) };
		} catch (error) {
			return refuse('portal_away', String(error).slice(0, 300));
		}
	}

	async #hello(): Promise<void> {
		const { name, version, capacity, providers } = this.#settings;
		const held = this.#listener.held();
		const answer = await this.#ask(workerWelcome, (socket) =>
			socket.emitWithAck('worker:hello', {
				name,
				version,
				capacity,
				providers: [...providers],
				held
			})
		);
		if (!answer.ok) {
			this.#log.warn(answer.error, 'the portal did not welcome us');
			if (this.#socket.connected) this.#again = setTimeout(() => void this.#hello(), 1_000);
			return;
		}
		this.#offsetMs = answer.value.serverNow - Date.now();
		this.#welcome = true;
		this.#log.info({ portal: this.#settings.portal, capacity }, 'connected to the portal');
		this.#listener.welcomed(answer.value.lost);
		clearInterval(this.#heartbeat);
		const everyMs = this.#settings.heartbeatMs ?? HEARTBEAT_MS;
		this.#heartbeat = setInterval(() => void this.#beat(), everyMs);
	}

	async #beat(): Promise<void> {
		const held = this.#listener.held();
		const answer = await this.#ask(workerWelcome, (socket) =>
			socket.emitWithAck('worker:heartbeat', { held })
		);
		if (!answer.ok) return this.#log.warn(answer.error, 'no answer to the heartbeat');
		this.#offsetMs = answer.value.serverNow - Date.now();
		this.#listener.lost(answer.value.lost);
	}

	#gone(reason: string): void {
		clearInterval(this.#heartbeat);
		clearTimeout(this.#again);
		if (this.#welcome) this.#log.warn({ reason }, 'the portal is away');
		this.#welcome = false;
		this.#listener.away();
		// After a close by the server the client does not come back by itself.
		if (reason === 'io server disconnect') this.#comeBack(1_000);
	}

	#refused(error: Error & { data?: unknown }): void {
		if (this.#socket.active) return this.#log.debug({ why: error.message }, 'no portal yet');
		this.#log.error({ why: error.message, data: error.data }, 'the portal refused this worker');
		this.#comeBack(REFUSED_RETRY_MS);
	}

	#comeBack(ms: number): void {
		clearTimeout(this.#again);
		this.#again = setTimeout(() => this.#socket.connect(), ms);
	}
}
