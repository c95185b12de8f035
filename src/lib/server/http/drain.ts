import type { Server as HttpServer } from 'node:http';
import type { Server as SocketServer } from 'socket.io';

export const DRAIN_MS = 10_000;

/**
 * Ends a server in order: no new connections, sockets are told and closed, requests under way may finish
 * for at most `DRAIN_MS`; what is still open then is cut.
 */
export async function drainServer(http: HttpServer, io: SocketServer): Promise<void> {
	for (const namespace of io._nsps.values()) namespace.emit('restarting');
	const late = setTimeout(() => http.closeAllConnections(), DRAIN_MS);
	// Socket.IO closes its sockets and with them the HTTP server it sits on.
	await io.close();
	http.closeIdleConnections();
	if (http.listening) await new Promise((resolve) => http.once('close', resolve));
	clearTimeout(late);
}
