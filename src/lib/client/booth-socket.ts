import { io, type Socket } from 'socket.io-client';
import type { Answer, SocketCode } from '#lib/protocol/answer.ts';
import type {
	BoothClientEvents,
	BoothJoined,
	BoothNotice,
	BoothServerEvents,
	BoothView,
	ChatMessage,
	Together
} from '#lib/protocol/booth.ts';

/** How this page stands with the portal. */
export type LinkState =
	| { readonly kind: 'connecting' }
	| { readonly kind: 'joined' }
	/** `since`: epoch ms of this machine. */
	| { readonly kind: 'reconnecting'; readonly since: number }
	/** Trying again would not help: signed out, or not for this booth. */
	| {
			readonly kind: 'refused';
			readonly code: SocketCode | 'not_found';
			/** What the portal said, where it ended the connection in mid-session. */
			readonly reason?: string;
	  }
	| { readonly kind: 'left' };

export type BoothAddress = {
	readonly event: string;
	/** Null for the main room. */
	readonly room: string | null;
	readonly language: string;
};

export type BoothLink = {
	/** Sends one request; refusal `no_answer` when the portal is silent for `ANSWER_TIMEOUT_MS`. */
	request<N extends BoothRequest>(name: N, input: InputOf<N>): Promise<AnswerOf<N>>;
	/** Gives the seat up and ends the connection. */
	leave(): Promise<void>;
	/** Ends the connection without a word; the portal keeps the seat for its grace. */
	close(): void;
};

export type BoothRequest = keyof BoothClientEvents;
type InputOf<N extends BoothRequest> = Parameters<BoothClientEvents[N]>[0];
type AnswerOf<N extends BoothRequest> = Parameters<Parameters<BoothClientEvents[N]>[1]>[0];

export type BoothLinkListener = {
	onLink(state: LinkState): void;
	onJoined(joined: BoothJoined): void;
	onState(view: BoothView): void;
	onChat(message: ChatMessage): void;
	onNotice(notice: BoothNotice): void;
	onTogether(together: Together): void;
};

const ANSWER_TIMEOUT_MS = 6_000;
const JOIN_AGAIN_MS = 1_000;
/** A portal that restarts is back within seconds; jitter spreads the pages that come back. */
const RECONNECT_MS = 300;
const RECONNECT_MAX_MS = 3_000;

/**
 * Joins a booth and stays joined: reconnects by itself and comes back to its own seat with the seat token,
 * which lives in this closure alone, so that a reload is a new seat.
 */
export function openBoothLink(address: BoothAddress, listener: BoothLinkListener): BoothLink {
	const socket: Socket<BoothServerEvents, BoothClientEvents> = io('/booth', {
		auth: { ...address },
		transports: ['websocket', 'polling'],
		tryAllTransports: true,
		reconnectionDelay: RECONNECT_MS,
		reconnectionDelayMax: RECONNECT_MAX_MS,
		timeout: ANSWER_TIMEOUT_MS
	});
	let seatToken: string | null = null;
	let ended = false;
	let lostSince: number | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;

	function end(state: LinkState): void {
		if (ended) return;
		ended = true;
		clearTimeout(timer);
		socket.disconnect();
		listener.onLink(state);
	}

	function sayLost(): void {
		if (ended) return;
		lostSince ??= Date.now();
		listener.onLink({ kind: 'reconnecting', since: lostSince });
	}

	async function request<N extends BoothRequest>(name: N, input: InputOf<N>): Promise<AnswerOf<N>> {
		try {
			// The typed overloads of emitWithAck cannot follow a generic event name.
			const emit = socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck.bind(socket) as unknown as (
				event: string,
				payload: unknown
			) => Promise<AnswerOf<N>>;
			return await emit(name, input);
		} catch {
			const silence: Answer<never> = {
				ok: false,
				error: { code: 'no_answer', message: 'The portal did not answer in time.' }
			};
			return silence as AnswerOf<N>;
		}
	}

	async function join(): Promise<void> {
		const answer = await request('booth:join', {
			...address,
			...(seatToken === null ? {} : { seatToken })
		});
		if (ended || !socket.connected) return;
		if (answer.ok) {
			seatToken = answer.value.seatToken;
			lostSince = null;
			listener.onJoined(answer.value);
			listener.onLink({ kind: 'joined' });
		} else if (answer.error.code === 'not_found') end({ kind: 'refused', code: 'not_found' });
		else if (answer.error.code === 'forbidden') end({ kind: 'refused', code: 4003 });
		else timer = setTimeout(() => void join(), JOIN_AGAIN_MS);
	}

	socket.on('connect', () => void join());
	socket.on('booth:state', (view) => listener.onState(view));
	socket.on('booth:chat', (message) => listener.onChat(message));
	socket.on('booth:notice', (notice) => listener.onNotice(notice));
	socket.on('booth:together', (together) => listener.onTogether(together));
	socket.on('closed', ({ code, reason }) => end({ kind: 'refused', code, reason }));
	socket.on('connect_error', (error) => {
		const code = socketCodeOf(error);
		if (code !== null) end({ kind: 'refused', code });
		else sayLost();
	});
	socket.on('disconnect', (reason) => {
		sayLost();
		// A portal that drains ends its sockets itself; Socket.IO leaves coming back to us then.
		if (reason === 'io server disconnect' && !ended)
			timer = setTimeout(() => socket.connect(), RECONNECT_MS * (1 + Math.random()));
	});
	listener.onLink({ kind: 'connecting' });

	return {
		request,
		async leave() {
			if (socket.connected) await request('booth:leave', {});
			end({ kind: 'left' });
		},
		close: () => end({ kind: 'left' })
	};
}

function socketCodeOf(error: Error & { data?: unknown }): SocketCode | null {
	const { data } = error;
	if (typeof data !== 'object' || data === null || !('code' in data)) return null;
	return data.code === 4001 || data.code === 4003 ? data.code : null;
}
