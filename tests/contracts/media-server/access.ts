import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaPermission } from '#lib/protocol/media-token.ts';
import { eventually } from '../../support/eventually.ts';
import type { TokenFaults } from '../../support/media-tokens.ts';
import { toneVoice } from '../../support/voices.ts';
import { authorisation, openSession, postOffer } from '../../support/webrtc/endpoint.ts';
import { offeringPeer } from '../../support/webrtc/peer.ts';
import { listen } from '../../support/webrtc/whep-reader.ts';
import { webRtcSessions } from './control-api.ts';
import { differences } from './differences.ts';
import type { RunningMediaServer, StartMediaServer } from './running-media-server.ts';
import type { Stage } from './stage.ts';

/** Who gets in: only the bearer of a token for this action on this path, signed by a published key. */
export function access(stage: () => Stage, startForOutsiders?: StartMediaServer): void {
	async function offer(kind: 'whip' | 'whep'): Promise<string> {
		const direction = kind === 'whip' ? 'SendOnly' : 'RecvOnly';
		const peer = offeringPeer('stranger', [{ kind: 'audio', direction, ssrc: 79 }]);
		stage().closeLater(peer);
		return peer.fullOffer;
	}

	describe.each([
		['whip', 'publish', 'read'],
		['whep', 'read', 'publish']
	] as const)('%s', (kind, action, otherAction) => {
		it('refuses every token that is not exactly right, without opening anything', async () => {
			const { tokens, webrtcBase } = stage().server;
			const path = await stage().channel();
			const other = await stage().channel();
			const url = `${webrtcBase}/${path}/${kind}`;
			const right: MediaPermission[] = [{ action, path }];
			const faulty = (faults: TokenFaults): Promise<string> => tokens.sign(right, faults);
			const signed = await tokens.sign(right);
			const claims = signed.split('.')[1] ?? '';
			const unsigned = Buffer.from('{"alg":"none","kid":"test-key-1"}').toString('base64url');

			const wrong: Record<string, string | undefined> = {
				none: undefined,
				empty: '',
				garbage: 'not.a.token',
				unsigned: `${unsigned}.${claims}.`,
				'signature of another token': signed.replace(
					/[^.]+$/,
					(await tokens.sign([])).split('.')[2] ?? ''
				),
				expired: await faulty({ expiresInSeconds: -5 }),
				'not yet valid': await faulty({ notBeforeInSeconds: 60 }),
				'another key': await faulty({ foreignKey: true }),
				'an unknown key id': await faulty({ foreignKey: true, keyId: 'nobodys-key' }),
				'another issuer': await faulty({ issuer: 'somebody-else' }),
				'another audience': await faulty({ audience: 'somewhere-else' }),
				'no permission': await tokens.sign([]),
				'another action': await tokens.sign([{ action: otherAction, path }]),
				'another path': await tokens.sign([{ action, path: other }]),
				'a pattern for other paths': await tokens.sign([{ action, path: `~^${other}$` }]),
				'only the API': await tokens.sign([{ action: 'api' }])
			};
			const sdp = await offer(kind);
			// MediaMTX lets whoever brought something wrong wait up to four seconds: all at once.
			const answers = await Promise.all(
				Object.entries(wrong).map(async ([what, token]) => {
					const response = await postOffer(token === undefined ? { url } : { url, token }, sdp);
					return { what, status: response.status, body: await response.text() };
				})
			);
			expect(answers.filter(({ status }) => status !== 401)).toEqual([]);
			for (const { what, body } of answers)
				expect(JSON.parse(body), what).toEqual({ status: 'error', error: 'authentication error' });

			const inUrl = await postOffer({ url: `${url}?token=${signed}&jwt=${signed}` }, sdp);
			expect(inUrl.status).toBe(401);
			const preflightOfNobody = await fetch(url, { method: 'OPTIONS' });
			expect(preflightOfNobody.status).toBe(401);
			expect(await webRtcSessions(stage().api)).toEqual([]);
		});

		it('takes a token for the path itself, for a pattern that matches it, and for every path', async () => {
			const path = await stage().channel();
			const url = `${stage().server.webrtcBase}/${path}/${kind}`;
			for (const allowed of [path, '~^contract/', '~.*', '', undefined]) {
				const permission = allowed === undefined ? { action } : { action, path: allowed };
				const token = await stage().server.tokens.sign([permission]);
				expect((await postOffer({ url, token }, await offer(kind))).status, allowed).toBe(201);
			}
		});
	});

	it('looks at the token at the door only: who is in stays in', async () => {
		const path = await stage().channel();
		const token = await stage().server.tokens.sign([{ action: 'read', path }], {
			expiresInSeconds: 1
		});
		const reader = await listen({ url: `${stage().server.webrtcBase}/${path}/whep`, token });
		stage().closeLater(reader);
		const joinedAtMs = performance.now();
		await reader.next('sound after the token ran out', ({ atMs }) => atMs - joinedAtMs > 2_500);
	});

	it('takes a new key after it was told to read the key set again, and the old one too', async () => {
		const { tokens } = stage().server;
		const path = await stage().channel();
		const url = `${stage().server.webrtcBase}/${path}/whep`;
		const permissions = [{ action: 'read', path }] as const;
		const old = await tokens.sign(permissions);
		await tokens.rotate();
		const renewed = await stage().api.send('POST', '/v3/auth/jwks/refresh');
		expect(renewed).toEqual({ status: 200, body: { status: 'ok' } });
		for (const token of [await tokens.sign(permissions), old])
			expect((await postOffer({ url, token }, await offer('whep'))).status).toBe(201);
	});

	it('lets listeners join while the key set cannot be read', async () => {
		const path = await stage().channel();
		const endpoint = await stage().endpoint('whep', path);
		await openSession(endpoint, await offer('whep'));
		stage().server.tokens.setReachable(false);
		try {
			await openSession(endpoint, await offer('whep'));
		} finally {
			stage().server.tokens.setReachable(true);
		}
	});

	it('does not end a session for a stranger who guesses', async () => {
		const path = await stage().channel();
		const publisher = await stage().publish(path, await toneVoice(440));
		const guess = `${stage().server.webrtcBase}/${path}/whip/${publisher.session.id}`;
		expect((await fetch(guess, { method: 'DELETE' })).status).toBe(404);
		await eventually('it is still there', async () =>
			(await webRtcSessions(stage().api)).some(({ id }) => id === publisher.session.id)
		);
	});

	it('looks at the Host header of the control API', async () => {
		const status = await statusWithHost(stage().server.apiBase, 'rebound.example');
		expect(status).toBe(differences.hostHeader[stage().server.kind]);
	});

	const fromOutside = 'control API and metrics for whoever is not on this machine';
	if (startForOutsiders === undefined) {
		it.skip(`not run: ${fromOutside}`);
		return;
	}
	describe(fromOutside, () => {
		let server: RunningMediaServer | undefined;
		beforeAll(async () => {
			server = await startForOutsiders();
		});
		afterAll(() => server?.stop());

		async function status(url: string, token?: string): Promise<number> {
			const headers = { ...server?.outsideHeaders, ...authorisation(token) };
			return (await fetch(url, { headers })).status;
		}

		it('are closed without a token for them', async () => {
			if (server === undefined) throw new Error('not running');
			const { tokens, apiBase, metricsUrl } = server;
			const api = `${apiBase}/v3/paths/list`;
			const reader = await tokens.sign([{ action: 'read' }]);
			const expired = await tokens.sign([{ action: 'api' }, { action: 'metrics' }], {
				expiresInSeconds: -5
			});
			const refused = [undefined, reader, expired].flatMap((token) => [
				status(api, token),
				status(metricsUrl, token)
			]);
			expect(await Promise.all(refused)).toEqual(refused.map(() => 401));

			expect(await status(api, await tokens.sign([{ action: 'api' }]))).toBe(200);
			expect(await status(metricsUrl, await tokens.sign([{ action: 'metrics' }]))).toBe(200);
			expect(await status(metricsUrl, await tokens.sign([{ action: 'api' }]))).toBe(401);
		});
	});
}

/** `fetch` does not let a Host header be chosen. */
function statusWithHost(base: string, host: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const asking = request(
			`${base}/v3/paths/list`,
			{ headers: { host }, agent: false },
			(response) => {
				response.resume();
				resolve(response.statusCode ?? 0);
			}
		);
		asking.on('error', reject);
		asking.end();
	});
}
