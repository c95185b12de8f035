import type { Result } from '#lib/domain/result.ts';

/**
 * Every Socket.IO request is acknowledged with one of these, every REST refusal is `{error}` alone.
 * `code` is stable; `message` is English and for people reading logs, pages translate by code.
 */
export type Answer<T = null> = Result<T>;

/** Codes of refused or ended sockets, sent as `connect_error` data or in a `closed` event. */
export const SOCKET_CODES = { credentials: 4001, scope: 4003 } as const;
export type SocketCode = (typeof SOCKET_CODES)[keyof typeof SOCKET_CODES];

/** Sent before the server ends a socket in mid-session, so that the page can say why. */
export type Closed = { code: SocketCode; reason: string };

/** Events that a server of any namespace may send. */
export interface CommonServerEvents {
	closed: (closed: Closed) => void;
	/** The portal goes down in an orderly way and comes back: sound goes on, reconnect as usual. */
	restarting: () => void;
}
