import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { recogniser, toneVoice } from '../../support/voices.ts';
import { ERROR, pathState, RFC_3339, webRtcSessions } from './control-api.ts';
import type { Stage } from './stage.ts';

const NOBODYS_UUID = '00000000-0000-4000-8000-000000000000';

/** WebRTC sessions in the control API: whom the portal watches and ends. */
export function sessions(stage: () => Stage): void {
	const get = (path: string) => stage().api.get(path);
	const post = (path: string, body?: unknown) => stage().api.send('POST', path, body);

	it('are listed with what the portal watches', async () => {
		const path = await stage().channel();
		const reader = await stage().listen(path);
		const publisher = await stage().publish(path, await toneVoice(440));
		publisher.speak();
		await eventually('both are counted', async () => {
			const sessions = await webRtcSessions(stage().api);
			expect(sessions.find(({ id }) => id === publisher.session.id)).toMatchObject({
				state: 'publish',
				path,
				user: 'contract',
				peerConnectionEstablished: true,
				inboundRTPPacketsLost: 0,
				created: expect.stringMatching(RFC_3339),
				remoteAddr: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
				remoteCandidate: expect.stringMatching(/^\w+\/udp\/127\.0\.0\.1\/\d+$/)
			});
			expect(sessions.find(({ id }) => id === reader.session.id)).toMatchObject({
				state: 'read',
				path,
				user: 'contract',
				peerConnectionEstablished: true
			});
			const counted = (id: string) => sessions.find((session) => session.id === id);
			return (
				(counted(publisher.session.id)?.inboundRTPPackets ?? 0) > 20 &&
				(counted(publisher.session.id)?.inboundBytes ?? 0) > 1000 &&
				(counted(reader.session.id)?.outboundRTPPackets ?? 0) > 20
			);
		});
		const one = await get(`/v3/webrtcsessions/get/${reader.session.id}`);
		expect(one).toMatchObject({ status: 200, body: { id: reader.session.id, state: 'read' } });

		// MediaMTX does not know the filter and lists all: whoever asks must look at `state` as well.
		const { body } = await get('/v3/webrtcsessions/list?state=publish&itemsPerPage=1000');
		const publishing = (body as { items: { id: string; state: string }[] }).items;
		expect(publishing.filter(({ state }) => state === 'publish').map(({ id }) => id)).toEqual([
			publisher.session.id
		]);
	});

	it('count what was lost on the way up', async () => {
		const path = await stage().channel();
		const publisher = await stage().publish(path, await toneVoice(440));
		for (let i = 0; i < 20; i++) publisher.sendFrame();
		publisher.lose(4);
		// Enough for a server that waits for late packets before it counts them as lost.
		for (let i = 0; i < 100; i++) publisher.sendFrame();
		await eventually('four are lost', async () => {
			const [session] = await webRtcSessions(stage().api);
			return session?.inboundRTPPacketsLost === 4 && session.inboundRTPPackets >= 118;
		});
	});

	it('that are not there cannot be read or kicked', async () => {
		for (const [id, status] of [
			[NOBODYS_UUID, 404],
			['not-a-uuid', 400]
		] as const) {
			expect(await get(`/v3/webrtcsessions/get/${id}`)).toEqual({ status, body: ERROR });
			expect(await post(`/v3/webrtcsessions/kick/${id}`)).toEqual({ status, body: ERROR });
		}
	});

	it('are ended by a kick: a publisher gives way to silence, its listeners stay', async () => {
		const voice = await toneVoice(440);
		const who = recogniser([voice]);
		const path = await stage().channel();
		const reader = await stage().listen(path);
		const publisher = await stage().publish(path, voice);
		const spoken = reader.next('the voice', ({ payload }) => who(payload)?.index === 10);
		publisher.speak();
		await spoken;

		const quiet = reader.next('silence', ({ payload }) => who(payload) === undefined, 1_000);
		expect(await post(`/v3/webrtcsessions/kick/${publisher.session.id}`)).toEqual({
			status: 200,
			body: { status: 'ok' }
		});
		await quiet;
		await stage().gone(publisher);
		await eventually('offline', async () => {
			const { online, readers } = await pathState(stage().api, path);
			return !online && readers.length === 1;
		});
		expect((await post(`/v3/webrtcsessions/kick/${publisher.session.id}`)).status).toBe(404);

		expect((await post(`/v3/webrtcsessions/kick/${reader.session.id}`)).status).toBe(200);
		await stage().gone(reader);
	});

	it('tell their peers of a kick at once, as a rule', async () => {
		const path = await stage().channel();
		const told: boolean[] = [];
		for (let i = 0; i < 8; i++) {
			const reader = await stage().listen(path);
			expect((await post(`/v3/webrtcsessions/kick/${reader.session.id}`)).status).toBe(200);
			const patience = new AbortController();
			const inVain = setTimeout(1_000, false, { signal: patience.signal }).catch(() => false);
			told.push(await Promise.race([reader.ended.then(() => true), inVain]));
			patience.abort();
		}
		// On a machine that is out of breath the alert may be lost; a server that never sends one fails.
		expect(told.filter(Boolean).length).toBeGreaterThanOrEqual(2);
	});
}
