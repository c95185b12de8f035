import type { Socket } from 'socket.io';
import type { SocketCode } from '#lib/protocol/answer.ts';

/** How sockets end. Whatever the way, the log says with which code and why. */
export type Ending = { readonly code: SocketCode | null; readonly reason: string };

const endings = new WeakMap<Socket, Ending>();

/** Says why in a `closed` event, then ends the connection: trying again would not help. */
export function dismiss(socket: Socket, code: SocketCode, reason: string): void {
	if (endings.has(socket)) return;
	endings.set(socket, { code, reason });
	socket.emit('closed', { code, reason });
	// After the answer to the request that led here, which is on its way already.
	setImmediate(() => socket.disconnect(true));
}

/**
 * Ends the connection as if the network had: the page comes back by itself and is told everything anew.
 * What still waits for it is dropped, so that a page that reads nothing cannot keep it alive.
 */
export function cut(socket: Socket, reason: string): void {
	if (endings.has(socket)) return;
	endings.set(socket, { code: null, reason });
	const { transport } = socket.conn as unknown as WithWebSocket;
	socket.conn.close(true);
	// Else a peer that does not answer the closing handshake keeps its buffers for half a minute.
	transport.socket?.terminate?.();
}

/** Private in Engine.IO's types; a polling transport has no socket. */
type WithWebSocket = {
	readonly transport: { readonly socket?: { readonly terminate?: () => void } };
};

/** For the log, once a socket has ended. @param said what Socket.IO gives as reason */
export function endingOf(socket: Socket, said: string): Ending {
	return endings.get(socket) ?? { code: null, reason: said };
}
