import { io, type Socket } from 'socket.io-client';
import type { Answer } from '#lib/protocol/answer.ts';
import type { CaptionFinal, CaptionPartial, CaptionsFollowed } from '#lib/protocol/captions.ts';
import type { ListenClientEvents, ListenServerEvents } from '#lib/protocol/listen.ts';
import type {
	SessionOffer,
	SessionOrder,
	SessionPhase,
	SessionWithdrawn,
	WorkerClientEvents,
	WorkerServerEvents
} from '#lib/protocol/worker.ts';
import { eventually } from './eventually.ts';

/** A caption worker whose every message the test sends by hand. */
export type HandWorker = {
	readonly offers: SessionOffer[];
	readonly withdrawn: SessionWithdrawn[];
	hello(held?: { session: string; epoch: number }[]): Promise<string[]>;
	beat(held: { session: string; epoch: number }[]): Promise<string[]>;
	/** Waits for an offer of the session. */
	offered(session: string): Promise<void>;
	claim(session: string): Promise<Answer<SessionOrder>>;
	/** Waits until it is offered, and takes it. */
	take(session: string): Promise<SessionOrder>;
	phase(order: SessionOrder, state: SessionPhase): void;
	partial(order: SessionOrder, utterance: string, revision: number, text: string): void;
	final(
		order: SessionOrder,
		utterance: string,
		text: string,
		startedAt?: number
	): Promise<Answer<{ seq: number }>>;
	release(order: SessionOrder): Promise<unknown>;
	close(): void;
};

export function handWorker(
	{ url, secret }: { url: string; secret: string },
	{ worker = crypto.randomUUID() as string, capacity = 10, providers = ['local'] } = {}
): HandWorker {
	const socket: Socket<WorkerServerEvents, WorkerClientEvents> = io(`${url}/worker`, {
		transports: ['websocket'],
		forceNew: true,
		auth: { secret, worker }
	});
	const offers: SessionOffer[] = [];
	const withdrawn: SessionWithdrawn[] = [];
	socket.on('session:offered', (offer) => void offers.push(offer));
	socket.on('session:withdrawn', (one) => void withdrawn.push(one));
	const value = <T>(answer: Answer<T>): T => {
		if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
		return answer.value;
	};
	const offered = async (session: string): Promise<void> => {
		await eventually(`${session} is offered`, () =>
			offers.some((offer) => offer.session === session)
		);
	};
	const claim = (session: string): Promise<Answer<SessionOrder>> =>
		socket.emitWithAck('session:claim', { session });
	return {
		offers,
		withdrawn,
		offered,
		claim,
		async hello(held = []) {
			const said = { name: 'by hand', version: '1', capacity, providers, held };
			return value(await socket.emitWithAck('worker:hello', said)).lost;
		},
		beat: async (held) => value(await socket.emitWithAck('worker:heartbeat', { held })).lost,
		async take(session) {
			await offered(session);
			return value(await claim(session));
		},
		phase: ({ session, epoch }, state) =>
			void socket.emit('session:state', { session, epoch, state }),
		partial: ({ session, epoch }, utterance, revision, text) =>
			void socket.emit('caption:partial', { session, epoch, utterance, revision, text }),
		final: ({ session, epoch }, id, text, startedAt = Date.now()) =>
			socket.emitWithAck('caption:final', {
				...{ session, epoch, id, text, startedAt },
				endedAt: startedAt + 1_000
			}),
		release: ({ session, epoch }) =>
			socket.emitWithAck('session:release', { session, epoch, reason: 'off_air' }),
		close: () => void socket.disconnect()
	};
}

/** A listener page as far as it reads captions. */
export type CaptionReader = {
	readonly partials: CaptionPartial[];
	readonly finals: CaptionFinal[];
	follow(
		channel: number | null,
		rest?: { seq?: number; language?: string }
	): Promise<Answer<CaptionsFollowed>>;
	readonly socket: Socket<ListenServerEvents, ListenClientEvents>;
	close(): void;
};

export async function captionReader(url: string, event: string): Promise<CaptionReader> {
	const socket: Socket<ListenServerEvents, ListenClientEvents> = io(`${url}/listen`, {
		transports: ['websocket'],
		forceNew: true
	});
	const partials: CaptionPartial[] = [];
	const finals: CaptionFinal[] = [];
	socket.on('caption:partial', (partial) => void partials.push(partial));
	socket.on('caption:final', (final) => void finals.push(final));
	const joined = await socket.emitWithAck('listen:join', { event });
	if (!joined.ok) throw new Error(joined.error.code);
	return {
		partials,
		finals,
		socket,
		follow: (channel, rest = {}) => socket.emitWithAck('captions:follow', { channel, ...rest }),
		close: () => void socket.disconnect()
	};
}
