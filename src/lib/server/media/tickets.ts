import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { PersonId, SeatId } from '#lib/domain/ids.ts';
import type { MediaPath } from '#lib/domain/media-path.ts';
import type { PublishTicket, ReadTicket } from '#lib/protocol/booth.ts';
import {
	MEDIA_PERMISSIONS_CLAIM,
	MEDIA_TOKEN_ALGORITHM,
	MEDIA_TOKEN_AUDIENCE,
	MEDIA_TOKEN_ISSUER,
	type MediaPermission
} from '#lib/protocol/media-token.ts';
import type { SigningKeys } from './signing-keys.ts';

/** One attempt to publish, good for one session (`jti`); a client asks again before each. */
export const PUBLISH_TTL_MS = 30_000;
/** Checked when a listener connects, not while it hears; so it outlives a few reconnections. */
export const READ_TTL_MS = 5 * 60_000;
const API_TTL_MS = 60_000;
/** A program such as OBS cannot ask for a new one; a week covers an event with its rehearsals. */
export const FLOOR_TTL_MAX_HOURS = 7 * 24;

/** Whose sound it is; becomes the session's `user` at the media server (see `publisherOf`). */
export type PublishHolder = { readonly seat: SeatId } | { readonly floor: PersonId };

/** Mints the short-lived tokens that open the media server. All times are epoch ms. */
export type Tickets = {
	/** To publish to one path. `ttlMs` 30 s unless said otherwise (OBS cannot ask again). */
	publishTicket(input: {
		path: MediaPath;
		holder: PublishHolder;
		ttlMs?: number;
	}): Promise<PublishTicket>;
	/** To read every channel of one event. */
	readTicket(eventSlug: string): Promise<ReadTicket>;
	/** Bearer token for the control API and the metrics, for where these are not on loopback. */
	apiToken(): Promise<string>;
};

/**
 * @param whipBase the media server as browsers reach it, `MEDIAMTX_WHIP_BASE`
 */
export function createTickets({
	keys,
	whipBase,
	now = Date.now
}: {
	keys: Pick<SigningKeys, 'signing'>;
	whipBase: string;
	now?: () => number;
}): Tickets {
	const base = whipBase.replace(/\/+$/, '');
	let api: { token: Promise<string>; renewAt: number } | null = null;

	async function sign(
		subject: string,
		permissions: readonly MediaPermission[],
		ttlMs: number,
		id?: string
	): Promise<{ token: string; expiresAt: number }> {
		const { kid, key } = await keys.signing();
		const issuedAt = now();
		const claims = {
			[MEDIA_PERMISSIONS_CLAIM]: permissions,
			...(id === undefined ? {} : { jti: id })
		};
		const token = await new SignJWT(claims)
			.setProtectedHeader({ alg: MEDIA_TOKEN_ALGORITHM, kid, typ: 'JWT' })
			.setSubject(subject)
			.setIssuer(MEDIA_TOKEN_ISSUER)
			.setAudience(MEDIA_TOKEN_AUDIENCE)
			.setIssuedAt(Math.floor(issuedAt / 1000))
			.setExpirationTime(Math.floor((issuedAt + ttlMs) / 1000))
			.sign(key);
		return { token, expiresAt: issuedAt + ttlMs };
	}

	return {
		async publishTicket({ path, holder, ttlMs = PUBLISH_TTL_MS }) {
			const subject = 'seat' in holder ? `seat:${holder.seat}` : `floor:${holder.floor}`;
			// A program like OBS uses its ticket again after every interruption; a page asks for a new one.
			const id = ttlMs <= PUBLISH_TTL_MS ? randomUUID() : undefined;
			const signed = await sign(subject, [{ action: 'publish', path }], ttlMs, id);
			return { url: `${base}/${path}/whip`, ...signed };
		},

		async readTicket(eventSlug) {
			// Anchored, with the slash: the token of event `conf` opens nothing of event `conf-two`.
			const path = `~^${escapeForPattern(eventSlug)}/`;
			return { base, ...(await sign('listener', [{ action: 'read', path }], READ_TTL_MS)) };
		},

		apiToken() {
			if (api === null || now() > api.renewAt) {
				const token = sign('portal', [{ action: 'api' }, { action: 'metrics' }], API_TTL_MS).then(
					(signed) => signed.token
				);
				const minted = { token, renewAt: now() + API_TTL_MS / 2 };
				api = minted;
				token.catch(() => {
					if (api === minted) api = null;
				});
			}
			return api.token;
		}
	};
}

/** Reads the `user` of a publishing session back; null for one that is not ours. */
export function publisherOf(user: string): PublishHolder | null {
	const [kind, ...rest] = user.split(':');
	const id = rest.join(':');
	if (id === '') return null;
	if (kind === 'seat') return { seat: id as SeatId };
	if (kind === 'floor') return { floor: id as PersonId };
	return null;
}

/** The media servers read the pattern with different engines (RE2, ECMAScript): only what both know is used. */
function escapeForPattern(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
