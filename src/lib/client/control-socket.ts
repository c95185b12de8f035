import type { Socket } from 'socket.io-client';
import type { Answer } from '#lib/protocol/answer.ts';
import type {
	ControlClientEvents,
	ControlServerEvents,
	DeskChanges,
	DeskSnapshot,
	SpeakerView
} from '#lib/protocol/control.ts';
import { openJoinedSocket, type LinkState } from './joined-socket.ts';

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

/** Joins a desk or a speaker's page and stays joined; after each reconnection everything is told anew. */
export function openControlLink(place: ControlPlace, listener: ControlListener): ControlLink {
	const joined = openJoinedSocket({
		namespace: '/control',
		join: (request) => request('control:join', place),
		onJoined: (value) => listener.onFirst(value as DeskSnapshot | SpeakerView),
		onLink: listener.onLink.bind(listener)
	});
	const socket = joined.socket as unknown as Socket<ControlServerEvents, ControlClientEvents>;
	socket.on('control:changes', (changes) => listener.onChanges(changes));
	socket.on('control:speaker', (view) => listener.onSpeaker(view));

	return { request: joined.request, close: () => joined.end({ kind: 'left' }) };
}
