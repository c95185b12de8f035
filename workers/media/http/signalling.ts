import type { Logger } from 'pino';
import type { IceHost } from '../peers/ice-host.ts';
import type { SessionContext, WebRtcSession } from '../peers/session.ts';
import type { Sessions } from '../peers/sessions.ts';
import type { LivePath } from '../paths/live-path.ts';
import type { PathRegistry } from '../paths/registry.ts';
import { parseFragment } from '../sdp/fragment.ts';
import { parseOffer, type Offer, type OfferCode } from '../sdp/offer.ts';
import { tokenFromAuthorization } from '../tokens/credentials.ts';
import type { SpentTickets } from '../tokens/spent-tickets.ts';
import type { Bearer, TokenVerifier } from '../tokens/verifier.ts';
import { openPublisher } from '../whip/whip.ts';
import { openReader } from '../whep/whep.ts';
import { done, failure, unauthorised, type HttpAnswer } from './answers.ts';
import type { HttpHandler, HttpRequest } from './server.ts';

/** What the WHIP and WHEP halves get once the request itself is in order. */
export type OfferContext = {
	readonly path: LivePath;
	readonly offer: Offer;
	readonly ice: IceHost;
	readonly session: Omit<SessionContext, 'path'>;
};
export type Opened = { readonly session: WebRtcSession };

export type SignallingParts = {
	readonly paths: PathRegistry;
	readonly sessions: Sessions;
	readonly tokens: TokenVerifier;
	readonly spent: SpentTickets;
	readonly ice: IceHost;
	readonly log: Logger;
};

const MAX_SDP_BYTES = 128 * 1024;
const SDP_TYPE = 'application/sdp';
const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const ALLOW_METHODS = 'OPTIONS, GET, POST, PATCH, DELETE';
const ALLOW_HEADERS = 'Authorization, Content-Type, If-Match';

type Role = 'whip' | 'whep';

/** WHIP (RFC 9725) and WHEP: `POST /{path}/whip|whep`, then `PATCH` and `DELETE` on the session's own URL. */
export function signallingHandler(parts: SignallingParts): HttpHandler {
	return async (request) => {
		if (request.method === 'OPTIONS' && request.headers['access-control-request-method'])
			return {
				status: 204,
				headers: {
					'Access-Control-Allow-Methods': ALLOW_METHODS,
					'Access-Control-Allow-Headers': ALLOW_HEADERS,
					'Access-Control-Max-Age': '7200'
				}
			};
		const endpoint = /^\/(.+?)\/(whip|whep)$/.exec(request.path);
		if (endpoint?.[1] && endpoint[2])
			return onEndpoint(parts, request, endpoint[1], endpoint[2] as Role);
		const session = /^\/(.+?)\/(?:whip|whep)\/([^/]+)$/.exec(request.path);
		if (session?.[2]) return onSession(parts, request, session[2]);
		return failure(404, 'not found');
	};
}

async function onEndpoint(
	parts: SignallingParts,
	request: HttpRequest,
	pathName: string,
	role: Role
): Promise<HttpAnswer> {
	if (request.method !== 'POST' && request.method !== 'OPTIONS')
		return failure(405, 'method not allowed', { Allow: 'POST, OPTIONS' });
	const token = tokenFromAuthorization(request.headers.authorization);
	const action = role === 'whip' ? 'publish' : 'read';
	const bearer = await parts.tokens.authorise(token, action, pathName);
	if (!bearer.ok) return unauthorised(bearer.error.code === 'token_missing');
	if (request.method === 'OPTIONS')
		return {
			status: 204,
			headers: {
				'Access-Control-Allow-Methods': ALLOW_METHODS,
				'Access-Control-Allow-Headers': ALLOW_HEADERS,
				'Access-Control-Expose-Headers': 'Accept-Post, Link',
				'Accept-Post': SDP_TYPE
			}
		};
	return onOffer(parts, request, pathName, role, bearer.value);
}

async function onOffer(
	parts: SignallingParts,
	request: HttpRequest,
	pathName: string,
	role: Role,
	bearer: Bearer
): Promise<HttpAnswer> {
	if (contentType(request) !== SDP_TYPE) return failure(400, 'invalid Content-Type');
	const path = parts.paths.get(pathName);
	if (!path) return failure(400, `path '${pathName}' is not configured`);
	const body = await request.body(MAX_SDP_BYTES);
	if (!body.ok) return failure(413, body.error.message);
	const offer = parseOffer(body.value.toString('utf8'));
	if (!offer.ok) return failure(offerStatus(offer.error.code, role), offer.error.message);
	// From here to `spend` nothing is awaited, so two requests cannot share a ticket.
	if (parts.spent.has(bearer)) {
		parts.log.info({ path: pathName, user: bearer.user }, 'token refused: used already');
		return unauthorised(false);
	}
	if (parts.sessions.full) return failure(503, 'this server is full', { 'Retry-After': '10' });

	let opened: Opened | HttpAnswer;
	try {
		opened = (role === 'whip' ? openPublisher : openReader)({
			path,
			offer: offer.value,
			ice: parts.ice,
			session: {
				log: parts.log,
				ended: (session) => parts.sessions.remove(session),
				request: {
					address: forwardedFor(request) ?? request.remoteAddress,
					remoteAddress: request.remote,
					query: request.query,
					user: bearer.user,
					userAgent: request.headers['user-agent']?.slice(0, 256) ?? ''
				}
			}
		});
	} catch (error) {
		parts.log.info({ err: error, path: pathName }, 'the media library refused the offer');
		return failure(400, 'invalid SDP');
	}
	if (!('session' in opened)) return opened;
	const { session } = opened;
	parts.spent.spend(bearer, Date.now());
	parts.sessions.add(session);
	parts.log.info(
		{ session: session.id, path: pathName, role, remote: request.remote, user: bearer.user },
		'session created'
	);
	const query = request.query === '' ? '' : `?${request.query}`;
	return {
		status: 201,
		headers: {
			'Content-Type': SDP_TYPE,
			'Access-Control-Expose-Headers': 'ETag, ID, Accept-Patch, Link, Location',
			ETag: '*',
			ID: session.id,
			'Accept-Patch': FRAGMENT_TYPE,
			Location: `/${encodeURI(pathName)}/${role}/${session.secret}${query}`
		},
		body: session.answer
	};
}

/** No token is asked for: the secret in the URL is known to the session's owner alone. */
async function onSession(
	parts: SignallingParts,
	request: HttpRequest,
	secret: string
): Promise<HttpAnswer> {
	if (request.method !== 'PATCH' && request.method !== 'DELETE')
		return failure(405, 'method not allowed', { Allow: 'PATCH, DELETE, OPTIONS' });
	if (!UUID.test(secret)) return failure(400, 'invalid secret');
	const session = parts.sessions.bySecret(secret.toLowerCase());
	if (request.method === 'DELETE') {
		if (!session) return failure(404, 'session not found');
		session.close('client');
		return done();
	}
	if (contentType(request) !== FRAGMENT_TYPE) return failure(400, 'invalid Content-Type');
	const body = await request.body(MAX_SDP_BYTES);
	if (!body.ok) return failure(413, body.error.message);
	const fragment = parseFragment(body.value.toString('utf8'));
	if (!fragment.ok) return failure(400, fragment.error.message);
	if (!session) return failure(404, 'session not found');
	// libjuice cannot restart ICE; the client starts a new session, which takes no longer (RFC 9725 §4.3.3).
	const { iceUfrag } = fragment.value;
	if (iceUfrag !== null && iceUfrag !== session.remoteIceUfrag)
		return failure(422, 'ICE restart is not supported');
	return { status: 204 };
}

function offerStatus(code: OfferCode, role: Role): number {
	return code === 'media_unsupported' && role === 'whip' ? 406 : 400;
}

/** The address nearest proxy saw; it only decides how ICE begins, so it need not be trusted. */
function forwardedFor({ headers }: HttpRequest): string | null {
	const last = String(headers['x-forwarded-for'] ?? '')
		.split(',')
		.at(-1)
		?.trim();
	return last ? last : null;
}

function contentType(request: HttpRequest): string {
	return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
