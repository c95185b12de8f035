import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { toneVoice } from '../../support/voices.ts';
import {
	candidateFragment,
	deleteSession,
	openSession,
	patchCandidates,
	postOffer
} from '../../support/webrtc/endpoint.ts';
import { offeringPeer, type TestPeer } from '../../support/webrtc/peer.ts';
import { webRtcSessions } from './control-api.ts';
import { differences } from './differences.ts';
import type { Stage } from './stage.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NOBODYS_UUID = '00000000-0000-4000-8000-000000000000';
const MAX_OFFER_BYTES = 128 * 1024;

/** WHIP (RFC 9725) and WHEP as HTTP: statuses, headers and what opens or ends a session. */
export function signalling(stage: () => Stage): void {
	function offerer(kind: 'whip' | 'whep'): TestPeer {
		const direction = kind === 'whip' ? 'SendOnly' : 'RecvOnly';
		const peer = offeringPeer(`${kind}-offer`, [{ kind: 'audio', direction, ssrc: 77 }]);
		stage().closeLater(peer);
		return peer;
	}

	describe.each(['whip', 'whep'] as const)('%s', (kind) => {
		it('answers an offer with 201 before any media, and names the session', async () => {
			const path = await stage().channel();
			const endpoint = await stage().endpoint(kind, path);
			const offer = await offerer(kind).fullOffer;

			const response = await fetch(endpoint.url, {
				method: 'POST',
				headers: {
					'content-type': 'application/sdp',
					authorization: `Bearer ${endpoint.token}`,
					origin: 'https://portal.example'
				},
				body: offer
			});
			const answer = await response.text();

			expect(response.status, answer).toBe(201);
			expect(response.headers.get('content-type')).toMatch(/^application\/sdp/);
			const location = response.headers.get('location') ?? '';
			expect(location).toMatch(new RegExp(`^/${path}/${kind}/${UUID}$`));
			const id = response.headers.get('id') ?? '';
			expect(id).toMatch(new RegExp(`^${UUID}$`));
			// The id is for everyone who may see the API; the location opens the session.
			expect(location).not.toContain(id);
			expect(response.headers.get('etag')).toBe('*');
			expect(response.headers.get('accept-patch')).toBe('application/trickle-ice-sdpfrag');
			const exposed = (response.headers.get('access-control-expose-headers') ?? '')
				.toLowerCase()
				.split(/,\s*/);
			expect(exposed).toEqual(expect.arrayContaining(['etag', 'id', 'accept-patch', 'location']));
			expect(['*', 'https://portal.example']).toContain(
				response.headers.get('access-control-allow-origin')
			);

			expect(answer).toMatch(/^a=rtpmap:\d+ opus\/48000\/2\r?$/im);
			expect(answer).toMatch(/^a=candidate:\S+ 1 udp /im);
			expect(answer).toMatch(/^a=setup:(active|passive)\r?$/m);
			expect(answer.match(/^m=/gm)).toHaveLength(1);

			const listed = (await webRtcSessions(stage().api)).find((session) => session.id === id);
			expect(listed).toMatchObject({
				path,
				user: 'contract',
				state: kind === 'whip' ? 'publish' : 'read',
				peerConnectionEstablished: false,
				inboundRTPPackets: 0
			});
		});

		it('lets a page of any allowed origin ask first', async () => {
			const { url } = await stage().endpoint(kind, await stage().channel());
			const preflight = await fetch(url, {
				method: 'OPTIONS',
				headers: {
					origin: 'https://portal.example',
					'access-control-request-method': 'POST',
					'access-control-request-headers': 'authorization,content-type'
				}
			});
			expect(preflight.status).toBe(204);
			const list = (name: string): string[] =>
				(preflight.headers.get(name) ?? '').toLowerCase().split(/,\s*/);
			expect(list('access-control-allow-methods')).toEqual(
				expect.arrayContaining(['post', 'patch', 'delete'])
			);
			expect(list('access-control-allow-headers')).toEqual(
				expect.arrayContaining(['authorization', 'content-type', 'if-match'])
			);
		});

		it('tells a plain OPTIONS what it takes', async () => {
			const { url, token } = await stage().endpoint(kind, await stage().channel());
			const response = await fetch(url, {
				method: 'OPTIONS',
				headers: { authorization: `Bearer ${token}` }
			});
			expect(response.status).toBe(204);
			expect(response.headers.get('accept-post')).toBe('application/sdp');
		});

		it('takes candidates that come later, and connects by them', async () => {
			const path = await stage().channel();
			const peer = offerer(kind);
			const offer = await peer.bareOffer;
			const session = await openSession(await stage().endpoint(kind, path), offer);
			peer.accept(session.answer);
			await peer.fullOffer;
			const patched = await patchCandidates(
				session.resource,
				candidateFragment(offer, peer.candidates)
			);

			expect(patched.status).toBe(204);
			await peer.connected;
		});

		it('refuses a bad PATCH and keeps the session', async () => {
			const path = await stage().channel();
			const peer = offerer(kind);
			const offer = await peer.bareOffer;
			await peer.fullOffer;
			const session = await openSession(await stage().endpoint(kind, path), offer);
			const good = candidateFragment(offer, peer.candidates);
			const status = async (resource: string, body: string, type?: string): Promise<number> =>
				(await patchCandidates(resource, body, type)).status;

			expect(await status(session.resource, 'this is no fragment')).toBe(400);
			expect(await status(session.resource, good, 'application/sdp')).toBe(400);
			expect(await status(session.resource.replace(/[^/]+$/, 'not-a-uuid'), good)).toBe(400);
			expect(await status(session.resource.replace(/[^/]+$/, NOBODYS_UUID), good)).toBe(404);

			peer.accept(session.answer);
			await peer.connected;
		});

		it('ends a session on DELETE, once', async () => {
			const path = await stage().channel();
			const peer = offerer(kind);
			const session = await openSession(await stage().endpoint(kind, path), await peer.bareOffer);
			peer.accept(session.answer);
			await peer.connected;
			await eventually('the server knows it too', async () => {
				const [listed] = await webRtcSessions(stage().api);
				return listed?.peerConnectionEstablished;
			});

			expect(await deleteSession(session.resource)).toBe(200);
			expect(await deleteSession(session.resource)).toBe(404);
			expect(await deleteSession(session.resource.replace(/[^/]+$/, 'not-a-uuid'))).toBe(400);
		});

		it.each(['GET', 'HEAD', 'PUT'])('answers %s with 405', async (method) => {
			const { url, token } = await stage().endpoint(kind, await stage().channel());
			const response = await fetch(url, {
				method,
				headers: { authorization: `Bearer ${token}` }
			});
			expect(response.status).toBe(405);
		});

		it('refuses what is not an offer, as JSON, telling nothing of its insides', async () => {
			const path = await stage().channel();
			const { url, token } = await stage().endpoint(kind, path);
			const offer = await offerer(kind).fullOffer;
			const post = (body: string, type: string): Promise<Response> =>
				fetch(url, {
					method: 'POST',
					headers: { authorization: `Bearer ${token}`, 'content-type': type },
					body
				});
			const refused = {
				'wrong content type': await post(offer, 'text/plain'),
				empty: await post('', 'application/sdp'),
				'no SDP': await post('{"offer": true}', 'application/sdp'),
				'cut in half': await post(offer.slice(0, 60), 'application/sdp'),
				'without ICE': await post(offer.replace(/^a=ice-.*\r\n/gm, ''), 'application/sdp'),
				'without DTLS': await post(offer.replace(/^a=fingerprint:.*\r\n/gm, ''), 'application/sdp')
			};
			for (const [what, response] of Object.entries(refused)) {
				const body: unknown = JSON.parse(await response.text());
				expect([400, 406], what).toContain(response.status);
				expect(body, what).toEqual({ status: 'error', error: expect.any(String) });
				expect(JSON.stringify(body), what).not.toMatch(
					/\/work|\/tmp|node_modules|goroutine|\n\s+at /
				);
			}
			expect(await webRtcSessions(stage().api)).toEqual([]);
		});

		it('opens nothing for an offer of more than 128 KiB', async () => {
			const endpoint = await stage().endpoint(kind, await stage().channel());
			const offer = await offerer(kind).fullOffer;
			const padding = `a=x-padding:${'x'.repeat(1000)}\r\n`;
			const huge = offer + padding.repeat(Math.ceil(MAX_OFFER_BYTES / padding.length));

			const response = await postOffer(endpoint, huge);

			expect(response.status).toBe(differences.oversizedOffer[stage().server.kind]);
			expect(response.headers.get('location')).toBeNull();
			expect(await webRtcSessions(stage().api)).toEqual([]);
		});

		it('opens nothing on a path that nobody made', async () => {
			const offer = await offerer(kind).fullOffer;
			const unknown = await stage().endpoint(kind, 'nobody/made-this');
			const withToken = await postOffer(unknown, offer);
			expect(withToken.status).toBe(400);
			const stranger = await postOffer({ url: unknown.url }, offer);
			expect(stranger.status).toBe(differences.unknownPathWithoutToken[stage().server.kind]);
		});
	});

	it('has nothing to read where nobody publishes and the path is not always available', async () => {
		const endpoint = await stage().endpoint('whep', await stage().floor());
		const response = await postOffer(endpoint, await offerer('whep').fullOffer);
		expect(response.status).toBe(404);
	});

	it('takes no data channel and no second audio line from a publisher', async () => {
		const endpoint = await stage().endpoint('whip', await stage().channel());
		const audio = { kind: 'audio', direction: 'SendOnly', ssrc: 78 } as const;
		for (const lines of [[audio, { kind: 'data' }] as const, [audio, audio] as const]) {
			const peer = offeringPeer('too-much', lines);
			stage().closeLater(peer);
			const response = await postOffer(endpoint, await peer.fullOffer);
			expect(response.status).toBe(406);
		}
	});

	it('lets nobody in whose codec listeners cannot hear', async () => {
		const path = await stage().channel();
		const endpoint = await stage().endpoint('whip', path);
		const offer = (await offerer('whip').fullOffer)
			.replace(/^(m=audio \S+ \S+) \d+/m, '$1 0')
			.replace(/^a=rtpmap:.*$/m, 'a=rtpmap:0 PCMU/8000')
			.replace(/^a=fmtp:.*\r\n/m, '');
		const response = await postOffer(endpoint, offer);
		expect(differences.foreignCodecOffer[stage().server.kind]).toContain(response.status);
	});

	it('closes a publisher that connects and never speaks', async () => {
		const path = await stage().channel();
		const publisher = await stage().publish(path, await toneVoice(440));
		const state = await stage().api.get(`/v3/paths/get/${path}`);
		expect(state.body).toMatchObject({ online: false, source: null });
		await eventually(
			'the mute publisher is gone',
			async () => (await webRtcSessions(stage().api)).length === 0,
			{ withinMs: 15_000 }
		);
		await stage().gone(publisher);
	});
}
