import { io, type Socket } from 'socket.io-client';
import type { Answer, SocketCode } from '#lib/protocol/answer.ts';

/** How this page stands with the portal. */
export type LinkState =
	| { readonly kind: 'connecting' }
	| { readonly kind: 'joined' }
	/** `since`: epoch ms of this machine. */
	| { readonly kind: 'reconnecting'; readonly since: number }
	/** Trying again would not help: signed out, or not for this place. */
	| {
			readonly kind: 'refused';
			readonly code: SocketCode | 'not_found';
			/** What the portal said, where it ended the connection in mid-session. */
			readonly reason?: string;
	  }
	| { readonly kind: 'left' };

/** A request by its name; refusal `no_answer` when the portal is silent for `ANSWER_TIMEOUT_MS`. */
export type Request = (name: string, input: object) => Promise<Answer<unknown>>;

export type JoinedSocket = {
	/** For the events of its namespace, which the caller gives their types. */
	readonly socket: Socket;
	readonly request: Request;
	/** Ends it for good; the first word counts. */
	end(state: LinkState): void;
};

const ANSWER_TIMEOUT_MS = 6_000;
const JOIN_AGAIN_MS = 1_000;
/** A portal that restarts is back within seconds; jitter spreads the pages that come back. */
const RECONNECT_MS = 300;
const RECONNECT_MAX_MS = 3_000;

/**
 * Joins a place in a namespace and stays joined: reconnects by itself and joins anew after each connection.
 *
 * @param join asks to be let in; refusals `not_found` and `forbidden` end it, any other is tried again
 * @param onJoined told before `joined` is
 */
export function openJoinedSocket({
	namespace,
	auth,
	join,
	onJoined,
	onLink
}: {
	namespace: string;
	auth?: Record<string, unknown>;
	join: (request: Request) => Promise<Answer<unknown>>;
	onJoined: (value: unknown) => void;
	onLink: (state: LinkState) => void;
}): JoinedSocket {
	const socket = io(namespace, {
		...(auth === undefined ? {} : { auth }),
		transports: ['websocket', 'polling'],
		tryAllTransports: true,
		reconnectionDelay: RECONNECT_MS,
		reconnectionDelayMax: RECONNECT_MAX_MS,
		timeout: ANSWER_TIMEOUT_MS
	});
	let ended = false;
	let lostSince: number | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;

	function end(state: LinkState): void {
		if (ended) return;
		ended = true;
		clearTimeout(timer);
		socket.disconnect();
		onLink(state);
	}

	function sayLost(): void {
		if (ended) return;
		lostSince ??= Date.now();
		onLink({ kind: 'reconnecting', since: lostSince });
	}

	async function request(name: string, input: object): Promise<Answer<unknown>> {
		try {
			return (await socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck(name, input)) as Answer<unknown>;
		} catch {
			return {
				ok: false,
				error: { code: 'no_answer', message: 'The portal did not answer in time.' }
			};
		}
	}

	async function enter(): Promise<void> {
		const answer = await join(request);
		if (ended || !socket.connected) return;
		if (answer.ok) {
			lostSince = null;
			onJoined(answer.value);
			onLink({ kind: 'joined' });
		} else if (answer.error.code === 'not_found') end({ kind: 'refused', code: 'not_found' });
		else if (answer.error.code === 'forbidden') end({ kind: 'refused', code: 4003 });
		else timer = setTimeout(() => void enter(), JOIN_AGAIN_MS);
	}

	socket.on('connect', () => void enter());
	socket.on('closed', ({ code, reason }: { code: SocketCode; reason: string }) =>
		end({ kind: 'refused', code, reason })
	);
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
	onLink({ kind: 'connecting' });

	return { socket, request, end };
}

function socketCodeOf(error: Error & { data?: unknown }): SocketCode | null {
	const { data } = error;
	if (typeof data !== 'object' || data === null || !('code' in data)) return null;
	return data.code === 4001 || data.code === 4003 ? data.code : null;
}
