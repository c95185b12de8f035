import type { ExtendedError, Socket } from 'socket.io';
import type { Actor } from '#lib/domain/access/policy.ts';
import { SOCKET_CODES, type SocketCode } from '#lib/protocol/answer.ts';
import type { Auth } from '../auth/auth.ts';
import type { Log } from '../log.ts';

/** Why a socket is not let in, as the browser gets it: `connect_error` with `data: {code}`. */
export class SocketRefused extends Error implements ExtendedError {
	readonly data: { code: SocketCode };
	constructor(code: SocketCode, message: string) {
		super(message);
		this.data = { code };
	}
}

/**
 * Whether a browser at another site opened this socket. Cookies travel with it, so a page elsewhere must
 * not get one (RFC 6455, section 10.2); programs send no Origin at all.
 */
export function isForeignOrigin(
	headers: { origin?: string | undefined; host?: string | undefined },
	publicBaseUrl: string
): boolean {
	if (headers.origin === undefined) return false;
	if (headers.origin === new URL(publicBaseUrl).origin) return false;
	return !URL.canParse(headers.origin) || new URL(headers.origin).host !== headers.host;
}

/** Socket.IO middleware: knows who connects by their cookies; a page of another site is refused with 4003. */
export function authenticate(
	{ auth, publicBaseUrl, log }: { auth: Pick<Auth, 'actorFrom'>; publicBaseUrl: string; log: Log },
	accept: (socket: Socket, actor: Actor) => Promise<SocketRefused | null>
): (socket: Socket, next: (error?: ExtendedError) => void) => void {
	const admit = async (socket: Socket): Promise<SocketRefused | null> => {
		const { headers } = socket.handshake;
		if (isForeignOrigin(headers, publicBaseUrl))
			return new SocketRefused(SOCKET_CODES.scope, 'origin_refused');
		return accept(socket, await auth.actorFrom(headers.cookie ?? null));
	};
	return (socket, next) => {
		admit(socket).then(
			(refused) => {
				if (refused)
					log.info(
						{ namespace: socket.nsp.name, ...refused.data, reason: refused.message },
						'socket refused'
					);
				next(refused ?? undefined);
			},
			(error: unknown) => {
				log.error({ err: error }, 'socket not let in');
				next(new Error('unavailable'));
			}
		);
	};
}
