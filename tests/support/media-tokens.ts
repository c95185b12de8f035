import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import {
	MEDIA_PERMISSIONS_CLAIM,
	MEDIA_TOKEN_ALGORITHM,
	type MediaPermission
} from '#lib/protocol/media-token.ts';

/** What a token may be wrong in. */
export type TokenFaults = {
	/** From now; negative for one that is over. */
	readonly expiresInSeconds?: number;
	readonly issuer?: string;
	readonly audience?: string;
	readonly keyId?: string;
	/** Signed by a key that is not in the key set, under the key id that is. */
	readonly foreignKey?: boolean;
};

/** A key set on loopback and tokens signed by its key, as the portal makes them. */
export type MediaTokens = {
	readonly jwksUrl: string;
	readonly issuer: string;
	readonly audience: string;
	sign(permissions: readonly MediaPermission[], faults?: TokenFaults): Promise<string>;
	close(): Promise<void>;
};

const ISSUER = 'voxbento';
const AUDIENCE = 'media';

/** Makes an ES256 key (RFC 7518, section 3.4) and serves its public half until `close`. */
export async function serveMediaTokens(): Promise<MediaTokens> {
	const keyId = 'contract-key';
	const { publicKey, privateKey } = await generateKeyPair(MEDIA_TOKEN_ALGORITHM);
	const foreign = await generateKeyPair(MEDIA_TOKEN_ALGORITHM);
	const jwk = { ...(await exportJWK(publicKey)), kid: keyId, alg: MEDIA_TOKEN_ALGORITHM, use: 'sig' };
	const server = createServer((_request, response) => {
		response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (typeof address !== 'object' || address === null) throw new Error('no address');

	return {
		jwksUrl: `http://127.0.0.1:${address.port}/jwks.json`,
		issuer: ISSUER,
		audience: AUDIENCE,
		sign(permissions, faults = {}) {
			const nowSeconds = Math.floor(Date.now() / 1000);
			return new SignJWT({ [MEDIA_PERMISSIONS_CLAIM]: permissions })
				.setProtectedHeader({ alg: MEDIA_TOKEN_ALGORITHM, kid: faults.keyId ?? keyId })
				.setSubject('contract')
				.setIssuedAt()
				.setIssuer(faults.issuer ?? ISSUER)
				.setAudience(faults.audience ?? AUDIENCE)
				.setExpirationTime(nowSeconds + (faults.expiresInSeconds ?? 60))
				.sign(faults.foreignKey === true ? foreign.privateKey : privateKey);
		},
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		}
	};
}
