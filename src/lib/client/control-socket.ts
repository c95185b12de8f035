import { io, type Socket } from 'socket.io-client';
import type { Answer, SocketCode } from '#lib/protocol/answer.ts';
import type {
	ControlClientEvents,
	ControlServerEvents,
	DeskChanges,
	DeskSnapshot,
	SpeakerView
} from '#lib/protocol/control.ts';
import type { LinkState } from './booth-socket.ts';

export type ControlPlace =
	| { readonly as: 'desk'; readonly event: string }
	| { readonly as: 'speaker'; readonly event: string; readonly room: string | null };

export type ControlLink = {
	request(name: ControlRequest, input: object): Promise<Answer<unknown>>;
	close(): void;
};

export type ControlRequest = keyof ControlClientEvents;

export type ControlListener = {
	onLink(state: LinkState): void;
	/** Everything, after each connection. */
	onFirst(first: DeskSnapshot | SpeakerView): void;
	onChanges(changes: DeskChanges): void;
	onSpeaker(view: SpeakerView): void;
};

const ANSWER_TIMEOUT_MS = 6_000;
const JOIN_AGAIN_MS = 1_000;

/** Joins a desk or a speaker's page and stays joined; after each reconnection everything is told anew. */
export function openControlLink(place: ControlPlace, listener: ControlListener): ControlLink {
	const socket: Socket<ControlServerEvents, ControlClientEvents> = io('/control', {
		transports: ['websocket', 'polling'],
		tryAllTransports: true,
		reconnectionDelay: 300,
		reconnectionDelayMax: 3_000,
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
		listener.onLink(state);
	}
	function sayLost(): void {
		if (ended) return;
		lostSince ??= Date.now();
		listener.onLink({ kind: 'reconnecting', since: lostSince });
	}

	async function request(name: ControlRequest, input: object): Promise<Answer<unknown>> {
		try {
			// The typed overloads of emitWithAck cannot follow a name that is a union.
			const emit = socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck.bind(socket) as unknown as (
				event: string,
				payload: object
			) => Promise<Answer<unknown>>;
			return await emit(name, input);
		} catch {
			return { ok: false, error: { code: 'no_answer', message: 'The portal did not answer.' } };
		}
	}

	async function join(): Promise<void> {
		const answer = await request('control:join', place);
		if (ended || !socket.connected) return;
		if (answer.ok) {
			lostSince = null;
			listener.onFirst(answer.value as DeskSnapshot | SpeakerView);
			listener.onLink({ kind: 'joined' });
		} else if (answer.error.code === 'not_found') end({ kind: 'refused', code: 'not_found' });
		else if (answer.error.code === 'forbidden') end({ kind: 'refused', code: 4003 });
		else timer = setTimeout(() => void join(), JOIN_AGAIN_MS);
	}

	socket.on('connect', () => void join());
	socket.on('control:changes', (changes) => listener.onChanges(changes));
	socket.on('control:speaker', (view) => listener.onSpeaker(view));
	socket.on('closed', ({ code }) => end({ kind: 'refused', code }));
	socket.on('connect_error', (error: Error & { data?: { code?: unknown } }) => {
		const code = error.data?.code;
		if (code === 4001 || code === 4003) end({ kind: 'refused', code: code as SocketCode });
		else sayLost();
	});
	socket.on('disconnect', (reason) => {
		sayLost();
		if (reason === 'io server disconnect' && !ended)
			timer = setTimeout(() => socket.connect(), 300 * (1 + Math.random()));
	});
	listener.onLink({ kind: 'connecting' });

	return { request, close: () => end({ kind: 'left' }) };
}
