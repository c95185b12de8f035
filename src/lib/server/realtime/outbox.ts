import type { Socket } from 'socket.io';
import type { Log } from '../log.ts';
import { cut } from './ending.ts';

/** Packets that may wait for one socket; a page that reads so slowly is cut off and comes back by itself. */
export const MAX_WAITING_PACKETS = 64;

/** Behind so many packets a state is not sent but replaced by the newest one once there is room. */
const ROOM_FOR_STATES = 4;

/** Packets that Engine.IO holds for a socket because the network does not take them. */
export function waitingPackets(socket: Socket): number {
	// Private in the types, yet the only place where a slow reader shows.
	return (socket.conn as unknown as { writeBuffer: readonly unknown[] }).writeBuffer.length;
}

/** Ends a socket that does not read, so that its queue cannot grow. @returns whether it was ended */
export function cutIfStalled(socket: Socket, log: Log): boolean {
	const waiting = waitingPackets(socket);
	if (waiting <= MAX_WAITING_PACKETS) return false;
	log.warn({ socket: socket.id, waiting }, 'socket reads too slowly; ended');
	cut(socket, 'too_slow');
	return true;
}

/** What the server tells one socket of its own accord: bounded, and nobody waits for anybody else's. */
export type Outbox = {
	/** Sends what must not be left out; a socket that is too far behind is ended instead. */
	say(send: () => void): void;
	/** Sends what replaces the one before it; behind a queue only the newest is kept. */
	show(send: () => void): void;
	close(): void;
};

export function createOutbox(socket: Socket, log: Log): Outbox {
	let newest: (() => void) | null = null;
	const { conn } = socket;

	function sendNewest(): void {
		if (newest === null || waitingPackets(socket) >= ROOM_FOR_STATES) return;
		const send = newest;
		newest = null;
		send();
	}
	conn.on('drain', sendNewest);

	return {
		say(send) {
			if (!cutIfStalled(socket, log)) send();
		},
		show(send) {
			newest = send;
			sendNewest();
		},
		close() {
			newest = null;
			conn.off('drain', sendNewest);
		}
	};
}
