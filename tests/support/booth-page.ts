import { io, type Socket } from 'socket.io-client';
import { brokenInState } from '#lib/domain/booth/invariants.ts';
import type { SeatId } from '#lib/domain/ids.ts';
import type { Answer, Closed } from '#lib/protocol/answer.ts';
import type {
	BoothAct,
	BoothClientEvents,
	BoothJoined,
	BoothNotice,
	BoothServerEvents,
	BoothView,
	ChatMessage
} from '#lib/protocol/booth.ts';
import type { Hall, HallPortal } from './booth-hall.ts';

type Request = keyof BoothClientEvents;
type Place = { event: string; room?: string | null; language: string };
type Ending = { readonly reason: string };

const WITHIN_MS = 10_000;

/** A console page as the portal knows it: one socket, the seat token in memory, everything it was shown. */
export class BoothPage {
	readonly socket: Socket<BoothServerEvents, BoothClientEvents>;
	readonly views: BoothView[] = [];
	readonly chat: ChatMessage[] = [];
	readonly notices: BoothNotice[] = [];
	closed: Closed | null = null;
	/** Promises that were broken towards this page. */
	readonly faults: string[] = [];
	seatToken: string | undefined;
	joined: BoothJoined | null = null;
	#told = 0;
	readonly #place: Place;
	readonly url: string;
	readonly #waiting = new Set<() => void>();

	constructor(
		hall: Hall,
		portal: Pick<HallPortal, 'url'>,
		readonly cookie: string | null,
		{ auth = {}, headers = {}, transports = ['websocket'] }: PageOptions = {}
	) {
		this.#place = hall.place;
		this.url = portal.url;
		this.socket = io(`${portal.url}/booth`, {
			...{ auth, transports, forceNew: true, autoConnect: false, reconnection: false },
			extraHeaders: { ...(cookie === null ? {} : { cookie }), ...headers }
		});
		this.socket.on('booth:state', (view) => this.#see(view));
		this.socket.on('booth:chat', (message) => {
			this.chat.push(message);
			this.#stir();
		});
		this.socket.on('booth:notice', (notice) => {
			this.notices.push(notice);
			this.#stir();
		});
		this.socket.on('closed', (closed) => (this.closed = closed));
	}

	/** Connects (again, once the connection of before has ended); the refusal's data when it is not let in. */
	async connect(): Promise<{ code: unknown } | null> {
		if (this.socket.connected) await this.ended();
		return new Promise((resolve, reject) => {
			this.socket.once('connect', () => resolve(null));
			this.socket.once('connect_error', (error) => {
				const { data } = error as { data?: { code: unknown } };
				if (data) resolve(data);
				else reject(error);
			});
			this.socket.connect();
		});
	}

	/** As a console page does on every connection: with the seat token, if there is one. */
	async join(place: Place = this.#place): Promise<Answer<BoothJoined>> {
		const { seatToken } = this;
		const input = { ...place, ...(seatToken ? { seatToken } : {}) };
		// Taken in within the acknowledgement: what is pushed right after it must find it there.
		return new Promise((resolve, reject) => {
			const take = (failed: Error | null, answer: Answer<BoothJoined>): void => {
				if (failed) return reject(failed);
				if (answer.ok) this.#enter(answer.value);
				resolve(answer);
			};
			this.socket.timeout(WITHIN_MS).emit('booth:join', input, take as never);
		});
	}

	#enter(joined: BoothJoined): void {
		this.joined = joined;
		this.seatToken = joined.seatToken;
		this.chat.splice(0, Infinity, ...joined.chat);
		this.#see(joined.state);
	}

	/** Any request at all, also one that no client of ours would send. */
	async ask(name: string, input?: unknown): Promise<Answer<unknown>> {
		const emit = this.socket.timeout(WITHIN_MS).emitWithAck.bind(this.socket) as unknown as (
			name: string,
			...input: unknown[]
		) => Promise<Answer<unknown>>;
		return input === undefined ? emit(name) : emit(name, input);
	}

	/** Says something without wanting to hear an answer. */
	send(name: string, ...input: unknown[]): void {
		(this.socket as unknown as Socket).emit(name, ...input);
	}

	/** An act that must be granted. */
	async act(name: Exclude<BoothAct, 'chat'> | 'arrived', to?: SeatId): Promise<void> {
		const answer = await this.ask(`booth:${name}` satisfies Request, to ? { seat: to } : {});
		if (!answer.ok) throw new Error(`${name}: ${answer.error.code}`);
	}

	async code(name: string, input?: unknown): Promise<string> {
		const answer = await this.ask(name, input);
		return answer.ok ? 'ok' : answer.error.code;
	}

	get view(): BoothView {
		const view = this.views.at(-1);
		if (!view) throw new Error('nothing was shown yet');
		return view;
	}

	get seat(): SeatId {
		return this.view.you.seat;
	}

	/** The phase in few words: `live Anna`, `Anna offered Ben`. */
	get phase(): string {
		const { phase } = this.view;
		if (phase.kind === 'closed' || phase.kind === 'empty') return phase.kind;
		if (phase.kind !== 'handing-over') return `${phase.kind} ${phase.active.name}`;
		return `${phase.active.name} ${phase.handover.step} ${phase.handover.to.name}`;
	}

	/** Waits for what the page is shown or told; fails with what it knows then. */
	async until(what: string, holds: () => boolean, withinMs = WITHIN_MS): Promise<void> {
		if (holds()) return;
		await new Promise<void>((resolve, reject) => {
			const look = (): void => {
				if (!holds()) return;
				this.#waiting.delete(look);
				clearTimeout(timer);
				resolve();
			};
			const timer = setTimeout(() => {
				this.#waiting.delete(look);
				const { phase, participants } = this.views.at(-1) ?? {};
				const seen = JSON.stringify({ phase, participants, notices: this.notices });
				reject(new Error(`not within ${withinMs} ms: ${what}; the page knows ${seen}`));
			}, withinMs);
			this.#waiting.add(look);
		});
	}

	async untilPhase(phase: string, withinMs?: number): Promise<void> {
		await this.until(phase, () => this.views.length > 0 && this.phase === phase, withinMs);
	}

	async untilNotice(code: BoothNotice['code']): Promise<BoothNotice> {
		const find = () => this.notices.find((notice) => notice.code === code);
		await this.until(`notice ${code}`, () => find() !== undefined);
		return find() as BoothNotice;
	}

	/** Resolves when the portal or the network ends the connection. */
	ended(): Promise<Ending> {
		return new Promise((resolve) => {
			if (!this.socket.active && !this.socket.connected) resolve({ reason: 'not connected' });
			this.socket.once('disconnect', (reason) => resolve({ reason }));
		});
	}

	/** The network is gone in the middle of a word: no goodbye. */
	async drop(): Promise<void> {
		const ended = this.ended();
		this.underlying().terminate();
		await ended;
	}

	/** The WebSocket below Socket.IO. */
	underlying(): { terminate(): void; _socket: { pause(): void; resume(): void } } {
		const { transport } = this.socket.io.engine as unknown as { transport: { ws: never } };
		return transport.ws;
	}

	close(): void {
		this.socket.disconnect();
	}

	#see(view: BoothView): void {
		if (view.version < this.#told) this.faults.push(`version ${view.version} after ${this.#told}`);
		this.#told = Math.max(this.#told, view.version);
		this.faults.push(...brokenInState(view));
		if (!view.participants.some(({ seat }) => seat === view.you.seat))
			this.faults.push(`version ${view.version} shows no seat of one's own`);
		this.views.push(view);
		this.#stir();
	}

	#stir(): void {
		for (const look of [...this.#waiting]) look();
	}
}

export type PageOptions = {
	readonly auth?: object;
	readonly headers?: Record<string, string>;
	readonly transports?: ('websocket' | 'polling')[];
};
