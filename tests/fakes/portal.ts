import { createServer, type Server as HttpServer } from 'node:http';
import { once } from 'node:events';
import { Server } from 'socket.io';
import type { z } from 'zod';
import {
	claim,
	FREE_LEASE,
	mayStore,
	release,
	renew,
	type Lease
} from '#lib/domain/captions/lease.ts';
import type { Answer } from '#lib/protocol/answer.ts';
import {
	sessionClaim,
	sessionRelease,
	sessionSource,
	sessionState,
	workerFinal,
	workerHandshake,
	workerHeartbeat,
	workerHello,
	workerPartial,
	type SessionOrder,
	type SessionPhase,
	type WorkerClientEvents,
	type WorkerFinal,
	type WorkerPartial,
	type WorkerServerEvents
} from '#lib/protocol/worker.ts';

/**
 * The portal's end of the `/worker` namespace in memory, for tests of the worker: it speaks the protocol by
 * the same schemas and lease rules, and what is stored survives its restarts. Violations fail the test.
 */
export type FakePortal = {
	readonly url: string;
	readonly secret: string;
	readonly violations: string[];
	/** In the order they were stored, each with the next seq. */
	readonly stored: (WorkerFinal & { seq: number })[];
	readonly partials: WorkerPartial[];
	/** Every phase that was reported, by session. */
	readonly phases: { session: string; phase: SessionPhase }[];
	readonly released: string[];
	readonly claims: number;
	/** Connections with a wrong secret. */
	readonly refused: number;
	offer(order: Omit<SessionOrder, 'epoch'>): void;
	withdraw(session: string, reason: 'off_air' | 'switched_off'): void;
	/** Gives the session to another worker, as after a lease that ran out. */
	takeOver(session: string): void;
	/** Stores finals, but does not say so: the answer gets lost. */
	muteFinals(muted: boolean): void;
	stop(): Promise<void>;
	restart(): Promise<void>;
};

const SECRET = 'a-secret-of-the-tests';

export async function startFakePortal(): Promise<FakePortal> {
	const leases = new Map<string, Lease>();
	const orders = new Map<string, Omit<SessionOrder, 'epoch'>>();
	const violations: string[] = [];
	const stored: (WorkerFinal & { seq: number })[] = [];
	const partials: WorkerPartial[] = [];
	const phases: { session: string; phase: SessionPhase }[] = [];
	const released: string[] = [];
	let claims = 0;
	let refused = 0;
	let muted = false;
	let port = 0;
	let running: { http: HttpServer; io: Server<WorkerClientEvents, WorkerServerEvents> } | null =
		null;

	const parsed = <T>(shape: z.ZodType<T>, input: unknown, what: string): T | null => {
		const result = shape.safeParse(input);
		if (result.success) return result.data;
		violations.push(`${what}: ${result.error.message}`);
		return null;
	};
	const leaseOf = (session: string): Lease => leases.get(session) ?? FREE_LEASE;
	const invalid = <T>(): Answer<T> => ({
		ok: false,
		error: { code: 'invalid_input', message: '' }
	});

	const start = async (): Promise<void> => {
		const http = createServer();
		const io = new Server<WorkerClientEvents, WorkerServerEvents>(http);
		const workers = io.of('/worker');
		workers.use((socket, next) => {
			const auth = parsed(workerHandshake, socket.handshake.auth, 'handshake');
			if (auth?.secret === SECRET) return next();
			refused++;
			next(Object.assign(new Error('unauthorized'), { data: { code: 4001, reason: 'secret' } }));
		});
		workers.on('connection', (socket) => {
			const { worker } = socket.handshake.auth as { worker: string };
			const lost = (held: { session: string; epoch: number }[]): string[] =>
				held.flatMap(({ session, epoch }) => {
					const answer = renew(leaseOf(session), worker, epoch, Date.now());
					if (answer.ok) leases.set(session, answer.value);
					return answer.ok ? [] : [session];
				});
			socket.on('worker:hello', (input, ack) => {
				const hello = parsed(workerHello, input, 'hello');
				if (hello === null) return ack(invalid());
				ack({ ok: true, value: { serverNow: Date.now(), lost: lost(hello.held) } });
				for (const { session, channel, provider } of orders.values())
					if (!leaseOf(session).held)
						socket.emit('session:offered', { session, channel, provider });
			});
			socket.on('worker:heartbeat', (input, ack) => {
				const beat = parsed(workerHeartbeat, input, 'heartbeat');
				if (beat === null) return ack(invalid());
				ack({ ok: true, value: { serverNow: Date.now(), lost: lost(beat.held) } });
			});
			socket.on('session:claim', (input, ack) => {
				const wanted = parsed(sessionClaim, input, 'claim');
				const order = wanted === null ? undefined : orders.get(wanted.session);
				if (order === undefined)
					return ack({ ok: false, error: { code: 'not_found', message: '' } });
				const load = { running: 0, limit: 10, ofWorker: 0, capacity: 10 };
				const answer = claim(leaseOf(order.session), worker, load, Date.now());
				if (!answer.ok) return ack(answer);
				claims++;
				leases.set(order.session, answer.value);
				ack({ ok: true, value: { ...order, epoch: answer.value.epoch } });
			});
			socket.on('session:source', (input, ack) => {
				const held = parsed(sessionSource, input, 'source');
				if (held === null) return ack(invalid());
				const url = `rtsp://127.0.0.1:1/${orders.get(held.session)?.path}?token=t`;
				ack({ ok: true, value: { url, expiresAt: Date.now() + 30_000 } });
			});
			socket.on('session:state', (input) => {
				const state = parsed(sessionState, input, 'state');
				if (state !== null) phases.push({ session: state.session, phase: state.state });
			});
			socket.on('session:release', (input, ack) => {
				const given = parsed(sessionRelease, input, 'release');
				if (given === null) return ack(invalid());
				leases.set(given.session, release(leaseOf(given.session), worker, given.epoch));
				released.push(given.session);
				ack({ ok: true, value: null });
			});
			socket.on('caption:partial', (input) => {
				const partial = parsed(workerPartial, input, 'partial');
				if (partial !== null) partials.push(partial);
			});
			socket.on('caption:final', (input, ack) => {
				const final = parsed(workerFinal, input, 'final');
				if (final === null) return ack(invalid());
				let seq = stored.find(({ id }) => id === final.id)?.seq;
				if (seq === undefined) {
					if (!mayStore(leaseOf(final.session), final))
						return ack({ ok: false, error: { code: 'lease_lost', message: '' } });
					seq = stored.length + 1;
					stored.push({ ...final, seq });
				}
				if (!muted) ack({ ok: true, value: { seq } });
			});
		});
		http.listen(port, '127.0.0.1');
		await once(http, 'listening');
		const address = http.address();
		if (typeof address === 'object' && address !== null) port = address.port;
		running = { http, io };
	};
	const stop = async (): Promise<void> => {
		const now = running;
		running = null;
		// The HTTP server goes with it.
		if (now !== null) await now.io.close();
	};

	await start();
	return {
		url: `http://127.0.0.1:${port}`,
		secret: SECRET,
		violations,
		stored,
		partials,
		phases,
		released,
		get claims() {
			return claims;
		},
		get refused() {
			return refused;
		},
		offer(order) {
			orders.set(order.session, order);
			const { session, channel, provider } = order;
			running?.io.of('/worker').emit('session:offered', { session, channel, provider });
		},
		withdraw(session, reason) {
			orders.delete(session);
			running?.io.of('/worker').emit('session:withdrawn', { session, reason });
		},
		takeOver(session) {
			const load = { running: 0, limit: 10, ofWorker: 0, capacity: 10 };
			const held = claim(
				{ held: false, epoch: leaseOf(session).epoch, since: null },
				'another',
				load,
				Date.now()
			);
			if (held.ok) leases.set(session, held.value);
		},
		muteFinals: (value) => void (muted = value),
		stop,
		restart: start
	};
}
