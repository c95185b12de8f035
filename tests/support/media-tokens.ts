import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import {
	MEDIA_PERMISSIONS_CLAIM,
	MEDIA_TOKEN_ALGORITHM,
	MEDIA_TOKEN_AUDIENCE,
	MEDIA_TOKEN_ISSUER,
	type MediaPermission
} from '#lib/protocol/media-token.ts';

/** What a token may be wrong in. */
export type TokenFaults = {
	/** From now; negative for one that is over. */
	readonly expiresInSeconds?: number;
	/** From now, for one that does not count yet. */
	readonly notBeforeInSeconds?: number;
	readonly issuer?: string;
	readonly audience?: string;
	readonly keyId?: string;
	/** Signed by a key that is not in the key set, under the key id that is. */
	readonly foreignKey?: boolean;
};

/** A key set on loopback and tokens signed by its newest key, as the portal makes them. */
export type MediaTokens = {
	readonly jwksUrl: string;
	readonly issuer: string;
	readonly audience: string;
	sign(permissions: readonly MediaPermission[], faults?: TokenFaults): Promise<string>;
	/** Publishes one more key, and signs with it from now on. */
	rotate(): Promise<void>;
	/** Whether the key set can be read; when not, the server answers 503. */
	setReachable(reachable: boolean): void;
	close(): Promise<void>;
};

/** Makes an ES256 key (RFC 7518, section 3.4) and serves its public half until `close`. */
export async function serveMediaTokens(): Promise<MediaTokens> {
	const foreign = await generateKeyPair(MEDIA_TOKEN_ALGORITHM);
	const published: object[] = [];
	let newest = await addKey();
	let reachable = true;

	async function addKey(): Promise<{ id: string; key: CryptoKey }> {
		const { publicKey, privateKey } = await generateKeyPair(MEDIA_TOKEN_ALGORITHM);
		const id = `test-key-${published.length + 1}`;
		const jwk = await exportJWK(publicKey);
		published.push({ ...jwk, kid: id, alg: MEDIA_TOKEN_ALGORITHM, use: 'sig' });
		return { id, key: privateKey };
	}

	const server = createServer((_request, response) => {
		if (reachable)
			response
				.setHeader('content-type', 'application/json')
				.end(JSON.stringify({ keys: published }));
		else response.writeHead(503).end();
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (typeof address !== 'object' || address === null) throw new Error('no address');

	return {
		jwksUrl: `http://127.0.0.1:${address.port}/jwks.json`,
		issuer: MEDIA_TOKEN_ISSUER,
		audience: MEDIA_TOKEN_AUDIENCE,
		sign(permissions, faults = {}) {
			const nowSeconds = Math.floor(Date.now() / 1000);
			const token = new SignJWT({ [MEDIA_PERMISSIONS_CLAIM]: permissions })
				.setProtectedHeader({ alg: MEDIA_TOKEN_ALGORITHM, kid: faults.keyId ?? newest.id })
				.setSubject('contract')
				.setIssuedAt()
				.setIssuer(faults.issuer ?? MEDIA_TOKEN_ISSUER)
				.setAudience(faults.audience ?? MEDIA_TOKEN_AUDIENCE)
				.setExpirationTime(nowSeconds + (faults.expiresInSeconds ?? 60));
			if (faults.notBeforeInSeconds !== undefined)
				token.setNotBefore(nowSeconds + faults.notBeforeInSeconds);
			return token.sign(faults.foreignKey === true ? foreign.privateKey : newest.key);
		},
		async rotate() {
			newest = await addKey();
		},
		setReachable(value) {
			reachable = value;
		},
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		}
	};
}
