import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeySet } from './key-set.ts';
import { TokenVerifier } from './verifier.ts';

const log = pino({ level: 'silent' });
const READ = { mediamtx_permissions: [{ action: 'read', path: '~^pycon/' }] };

/** A portal as far as its public keys go, and the keys themselves. */
class Portal {
	readonly #server: Server = createServer((_, response) => {
		this.asked += 1;
		response.end(JSON.stringify({ keys: this.published }));
	});
	published: unknown[] = [];
	asked = 0;
	url = '';

	async start(): Promise<void> {
		await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks.json`;
	}

	async stop(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	/** Makes a pair and publishes its public half; gives back what signs with it. */
	async key(kid: string) {
		const { publicKey, privateKey } = await generateKeyPair('ES256');
		this.published.push({ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' });
		return (claims: JWTPayload, expiry: string | number | null = '1m') => {
			const token = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid });
			if (expiry !== null) token.setExpirationTime(expiry);
			return token.sign(privateKey);
		};
	}
}

let portal: Portal;
let directory: string;
beforeEach(async () => {
	portal = new Portal();
	await portal.start();
	directory = await mkdtemp(join(tmpdir(), 'media-keys-'));
});
afterEach(async () => {
	await portal.stop();
	await rm(directory, { recursive: true });
});

function verifier(rules = {}): TokenVerifier {
	return new TokenVerifier(new KeySet(portal.url, directory, log), rules, log);
}

describe('a token', () => {
	test('opens what it names, and names its bearer', async () => {
		const sign = await portal.key('k1');
		const token = await sign({ ...READ, sub: 'listener:7' });
		const gate = verifier();
		expect(await gate.authorise(token, 'read', 'pycon/fr')).toEqual({
			ok: true,
			value: { user: 'listener:7', ticket: null }
		});
		for (const [action, path] of [
			['read', 'other/fr'],
			['publish', 'pycon/fr'],
			['api', '']
		] as const)
			expect(await gate.authorise(token, action, path)).toMatchObject({
				ok: false,
				error: { code: 'token_refused' }
			});
	});

	test('may carry its permissions as text, for one exact path or for all', async () => {
		const sign = await portal.key('k1');
		const gate = verifier();
		const exact = await sign({
			mediamtx_permissions: JSON.stringify([{ action: 'publish', path: 'pycon/fr' }])
		});
		expect((await gate.authorise(exact, 'publish', 'pycon/fr')).ok).toBe(true);
		expect((await gate.authorise(exact, 'publish', 'pycon/fr/x')).ok).toBe(false);
		const any = await sign({ mediamtx_permissions: [{ action: 'read' }] });
		expect((await gate.authorise(any, 'read', 'anything')).ok).toBe(true);
	});

	test('is refused unless everything about it is right', async () => {
		const sign = await portal.key('k1');
		const stranger = await new Portal().key('k1');
		const { privateKey } = await generateKeyPair('ES384');
		const hour = Math.floor(Date.now() / 1000) + 3600;
		const refused = {
			expired: await sign(READ, Math.floor(Date.now() / 1000) - 60),
			'not yet valid': await sign({ ...READ, nbf: hour }),
			'without an end': await sign(READ, null),
			'without permissions': await sign({}),
			'with a permission of another shape': await sign({
				mediamtx_permissions: [{ action: 'read', path: '', extra: 1 }]
			}),
			'with an expression that is none': await sign({
				mediamtx_permissions: [{ action: 'read', path: '~(' }]
			}),
			'signed by somebody else': await stranger(READ),
			'signed by nobody': new UnsecuredJWT({ ...READ, exp: hour }).encode(),
			'of another algorithm': await new SignJWT({ ...READ, exp: hour })
				.setProtectedHeader({ alg: 'ES384', kid: 'k1' })
				.sign(privateKey),
			garbage: 'a.b.c',
			endless: 'x'.repeat(10_000)
		};
		const gate = verifier();
		for (const [what, token] of Object.entries(refused))
			expect(await gate.authorise(token, 'read', 'pycon/fr'), what).toMatchObject({ ok: false });
		expect(await gate.authorise(null, 'read', 'pycon/fr')).toMatchObject({
			error: { code: 'token_missing' }
		});
	});

	test('must be from the issuer and for the audience that are asked for', async () => {
		const sign = await portal.key('k1');
		const gate = verifier({ issuer: 'voxbento', audience: 'media' });
		const right = await sign({ ...READ, iss: 'voxbento', aud: 'media' });
		expect((await gate.authorise(right, 'read', 'pycon/fr')).ok).toBe(true);
		for (const claims of [{}, { iss: 'voxbento' }, { iss: 'x', aud: 'media' }])
			expect(
				(await gate.authorise(await sign({ ...READ, ...claims }), 'read', 'pycon/fr')).ok
			).toBe(false);
	});
});

describe('the keys', () => {
	test('are asked for once, and again for a key that is not known', async () => {
		const first = await portal.key('k1');
		const gate = verifier();
		for (let n = 0; n < 5; n++)
			expect((await gate.authorise(await first(READ), 'read', 'pycon/fr')).ok).toBe(true);
		expect(portal.asked).toBe(1);
	});

	test('are kept on disk, so that listeners join while the portal is down', async () => {
		const sign = await portal.key('k1');
		const token = await sign(READ);
		expect((await verifier().authorise(token, 'read', 'pycon/fr')).ok).toBe(true);
		await portal.stop();
		const restarted = new KeySet(portal.url, directory, log);
		await restarted.load();
		const gate = new TokenVerifier(restarted, {}, log);
		expect((await gate.authorise(token, 'read', 'pycon/fr')).ok).toBe(true);
		await portal.start();
	});

	test('follow a rotation when they are told to look', async () => {
		await portal.key('k1');
		const keys = new KeySet(portal.url, directory, log);
		await keys.refresh();
		const next = await portal.key('k2');
		await keys.refresh({ force: true });
		const gate = new TokenVerifier(keys, {}, log);
		expect((await gate.authorise(await next(READ), 'read', 'pycon/fr')).ok).toBe(true);
	});

	test('that are no usable set change nothing', async () => {
		const sign = await portal.key('k1');
		const keys = new KeySet(portal.url, directory, log);
		await keys.refresh();
		portal.published = [{ kty: 'oct', k: 'c2VjcmV0', kid: 'k1' }];
		await keys.refresh({ force: true });
		const gate = new TokenVerifier(keys, {}, log);
		expect((await gate.authorise(await sign(READ), 'read', 'pycon/fr')).ok).toBe(true);
	});
});
