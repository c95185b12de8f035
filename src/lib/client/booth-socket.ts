import type { Socket } from 'socket.io-client';
import type {
	BoothClientEvents,
	BoothJoined,
	BoothNotice,
	BoothServerEvents,
	BoothView,
	ChatMessage,
	Together
} from '#lib/protocol/booth.ts';
import { openJoinedSocket, type LinkState } from './joined-socket.ts';

export type BoothAddress = {
	readonly event: string;
	/** Null for the main room. */
	readonly room: string | null;
	readonly language: string;
};

export type BoothLink = {
	/** Sends one request; refusal `no_answer` when the portal is silent for some seconds. */
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

/**
 * Joins a booth and stays joined: reconnects by itself and comes back to its own seat with the seat token,
 * which lives in this closure alone, so that a reload is a new seat.
 */
export function openBoothLink(address: BoothAddress, listener: BoothLinkListener): BoothLink {
	let seatToken: string | null = null;
	const joined = openJoinedSocket({
		namespace: '/booth',
		auth: { ...address },
		join: (request) =>
			request('booth:join', { ...address, ...(seatToken === null ? {} : { seatToken }) }),
		onJoined(value) {
			const entered = value as BoothJoined;
			seatToken = entered.seatToken;
			listener.onJoined(entered);
		},
		onLink: listener.onLink.bind(listener)
	});
	const socket = joined.socket as unknown as Socket<BoothServerEvents, BoothClientEvents>;
	socket.on('booth:state', (view) => listener.onState(view));
	socket.on('booth:chat', (message) => listener.onChat(message));
	socket.on('booth:notice', (notice) => listener.onNotice(notice));
	socket.on('booth:together', (together) => listener.onTogether(together));

	return {
		request: async <N extends BoothRequest>(name: N, input: InputOf<N>) =>
			(await joined.request(name, input)) as AnswerOf<N>,
		async leave() {
			if (socket.connected) await joined.request('booth:leave', {});
			joined.end({ kind: 'left' });
		},
		close: () => joined.end({ kind: 'left' })
	};
}
