import { createHash, timingSafeEqual } from 'node:crypto';
import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import type { z } from 'zod';
import type { BoothId } from '#lib/domain/ids.ts';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { SOCKET_CODES } from '#lib/protocol/answer.ts';
import {
	sessionClaim,
	sessionRelease,
	sessionSource,
	sessionState,
	trialResult,
	workerFinal,
	workerHandshake,
	workerHeartbeat,
	workerHello,
	workerPartial,
	type heldSession,
	type WorkerClientEvents,
	type WorkerServerEvents,
	type WorkerWelcome
} from '#lib/protocol/worker.ts';
import type { ConnectedWorker } from '../captions/dispatch.ts';
import type { Captions } from '../captions/captions.ts';
import { boothOfSession, sessionOf, type Held } from '../captions/leases.ts';
import type { Log } from '../log.ts';
import { endingOf } from './ending.ts';
import { SocketRefused } from './handshake.ts';

type SocketData = { id: string; worker: ConnectedWorker | null };
type WorkerSocket = Socket<WorkerClientEvents, WorkerServerEvents, DefaultEventsMap, SocketData>;
type HeldSession = z.infer<typeof heldSession>;

/** A worker keeps a final until it is told; more of them at once than it has sessions is no worker. */
const MAX_UNDER_WAY = 2_000;
/** Longer than a worker lets a trial run. */
const TRIAL_MS = 30_000;

/**
 * Namespace `/worker`: transcriber processes that show the shared secret. They are part of the installation,
 * so they are not held back as pages are; what they send is checked all the same.
 */
export function serveWorkers(
	io: Server,
	{
		work,
		secret,
		log,
		now = Date.now
	}: {
		work: Captions['work'];
		secret: string;
		log: Log;
		now?: () => number;
	}
): void {
	const nsp: Namespace<WorkerClientEvents, WorkerServerEvents, DefaultEventsMap, SocketData> =
		io.of('/worker');

	nsp.use((socket, next) => {
		const shown = workerHandshake.safeParse(socket.handshake.auth);
		if (shown.success && isSame(shown.data.secret, secret)) {
			socket.data = { id: shown.data.worker, worker: null };
			return next();
		}
		const { credentials: code } = SOCKET_CODES;
		log.warn({ namespace: '/worker', code, from: socket.handshake.address }, 'worker refused');
		next(new SocketRefused(code, 'worker_secret_wrong'));
	});

	nsp.on('connection', (socket) => {
		const answer = answerWorker(socket, log);
		let reported: Promise<unknown> = Promise.resolve();
		answer('worker:hello', workerHello, (hello) => welcome(socket, hello));
		answer('worker:heartbeat', workerHeartbeat, ({ held }) => renewed(socket, held));
		answer('session:claim', sessionClaim, async ({ session }) => {
			const { worker } = socket.data;
			const booth = boothOfSession(session);
			if (worker === null || booth === null) return NOT_FOUND;
			return work.claim(worker, booth);
		});
		answer('session:source', sessionSource, (given) =>
			inSession(given, (held) => work.source(socket.data.id, held))
		);
		answer('session:state', sessionState, ({ state, ...given }) =>
			inSession(given, async (held) => {
				// One after the other, so that none overtakes a newer one on its way to the database.
				const turn = reported.then(() => work.report(socket.data.id, held, state));
				reported = turn.catch(() => undefined);
				await turn;
				return ok(null);
			})
		);
		answer('session:release', sessionRelease, ({ reason, ...given }) =>
			inSession(given, async (held) => {
				socket.data.worker?.held.delete(held.booth);
				await work.release(socket.data.id, held, reason);
				return ok(null);
			})
		);
		answer('caption:partial', workerPartial, async (partial) => {
			const held = socket.data.worker?.held;
			const booth = boothOfSession(partial.session);
			if (booth !== null && held?.get(booth)?.epoch === partial.epoch) work.partial(booth, partial);
			return ok(null);
		});
		answer('caption:final', workerFinal, (final) =>
			inSession(final, ({ booth }) => work.final(booth, final))
		);
		socket.on('disconnect', (said) => {
			const { worker, id } = socket.data;
			if (worker !== null) work.disconnected(worker);
			// Its leases go on: it may be back in a moment, with everything that was said meanwhile.
			log.info({ worker: worker?.name ?? id, ...endingOf(socket, said) }, 'worker disconnected');
		});
	});

	async function welcome(
		socket: WorkerSocket,
		{ name, capacity, providers, held }: z.infer<typeof workerHello>
	): Promise<Result<WorkerWelcome>> {
		const { id } = socket.data;
		const answer = await renewed(socket, held);
		const before = socket.data.worker;
		if (before !== null) work.disconnected(before);
		const lost = answer.ok ? answer.value.lost : [];
		const worker: ConnectedWorker = {
			id,
			name,
			capacity,
			providers,
			held: new Map(
				held
					.filter(({ session }) => !lost.includes(session))
					.flatMap(({ session, epoch }) => {
						const booth = boothOfSession(session);
						return booth === null ? [] : [[booth, { epoch, mark: null }] as const];
					})
			),
			offer: (offer) => socket.emit('session:offered', offer),
			withdraw: (withdrawn) => socket.emit('session:withdrawn', withdrawn),
			trial: async (order) =>
				trialResult.parse(await socket.timeout(TRIAL_MS).emitWithAck('trial:run', order))
		};
		socket.data.worker = worker;
		if (socket.connected) work.connected(worker);
		log.info({ worker: name, capacity, providers, sessions: worker.held.size }, 'worker connected');
		return answer;
	}

	async function renewed(
		socket: WorkerSocket,
		given: readonly HeldSession[]
	): Promise<Result<WorkerWelcome>> {
		const held: Held[] = [];
		const lost: string[] = [];
		for (const { session, epoch } of given) {
			const booth = boothOfSession(session);
			if (booth === null) lost.push(session);
			else held.push({ booth, epoch });
		}
		const gone = await work.renew(socket.data.id, held);
		for (const booth of gone) {
			lost.push(sessionOf(booth));
			socket.data.worker?.held.delete(booth);
		}
		return ok({ serverNow: now(), lost });
	}
}

const NOT_FOUND = refuse('not_found', 'There is no such session.');

function inSession<T>(
	{ session, epoch }: { session: string; epoch: number },
	handle: (held: { booth: BoothId; epoch: number }) => Promise<Result<T>>
): Promise<Result<T>> {
	const booth = boothOfSession(session);
	return booth === null ? Promise.resolve(NOT_FOUND) : handle({ booth, epoch });
}

/** Checks what a worker sends, and answers it where it wants an answer; nothing it sends raises. */
function answerWorker(socket: WorkerSocket, log: Log) {
	let underWay = 0;
	return function answer<T>(
		name: keyof WorkerClientEvents,
		schema: z.ZodType<T>,
		handle: (input: T) => Promise<Result<unknown>>
	): void {
		const listener = (input: unknown, ack: unknown): void => {
			const reply = (given: Result<unknown>): void => {
				if (typeof ack === 'function') (ack as (answer: unknown) => void)(given);
			};
			const parsed = schema.safeParse(input);
			if (!parsed.success) {
				log.warn({ request: name, why: parsed.error.message }, 'a worker broke the protocol');
				return reply(refuse('invalid_input', parsed.error.message.slice(0, 500)));
			}
			if (underWay >= MAX_UNDER_WAY) return reply(refuse('internal_error', 'Too much at once.'));
			underWay++;
			handle(parsed.data)
				.then(reply, (error: unknown) => {
					log.error({ err: error, request: name }, 'worker request failed');
					reply(refuse('internal_error', 'Something went wrong here. Try again.'));
				})
				.finally(() => underWay--);
		};
		(socket as Socket).on(name, listener);
	};
}

/** Compares hashes, which have one length and tell nothing about the secret by how long it takes. */
function isSame(given: string, secret: string): boolean {
	const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
	return timingSafeEqual(hash(given), hash(secret));
}
