import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { recogniser, toneVoice } from '../../support/voices.ts';
import { postOffer } from '../../support/webrtc/endpoint.ts';
import { offeringPeer } from '../../support/webrtc/peer.ts';
import { pathState } from './control-api.ts';
import { differences } from './differences.ts';
import type { Stage } from './stage.ts';

/** A floor as OBS sends it: H264 and Opus in one offer, to a path that is there while somebody publishes. */
export function floor(stage: () => Stage): void {
	it('takes the sound of an offer with a picture', async () => {
		const voice = await toneVoice(440);
		const who = recogniser([voice]);
		const path = await stage().floor();
		const publisher = await stage().publish(path, voice, { withVideo: true });
		const videoPort = Number(/^m=video (\d+) /m.exec(publisher.session.answer)?.[1]);
		const { server, api } = stage();
		if (differences.videoLineOfAnswer[server.kind] === 'refused') expect(videoPort).toBe(0);
		else expect(videoPort).toBeGreaterThan(0);
		publisher.speak();

		await eventually('it is there', async () => (await pathState(api, path)).available);
		const state = await pathState(api, path);
		expect(state).toMatchObject({ online: true, source: { id: publisher.session.id } });
		expect(state.tracks2.map(({ codec }) => codec)).toEqual(
			differences.videoLineOfAnswer[server.kind] === 'refused' ? ['Opus'] : ['H264', 'Opus']
		);
		const reader = await stage().listen(path);
		await reader.next('the floor', ({ payload }) => who(payload) !== undefined);
	});

	it('is there for listeners from the first sound to the last', async () => {
		const voice = await toneVoice(440);
		const path = await stage().floor();
		const publisher = await stage().publish(path, voice);
		publisher.speak();
		await eventually('it is there', async () => (await pathState(stage().api, path)).available);
		const reader = await stage().listen(path);
		await reader.next('the floor', () => true);
		expect(await publisher.leave()).toBe(200);
		await eventually('it is gone', async () => {
			const { available, online, source } = await pathState(stage().api, path);
			return !available && !online && source === null;
		});
		await stage().gone(reader);
		const peer = offeringPeer('too-late', [{ kind: 'audio', direction: 'RecvOnly' }]);
		stage().closeLater(peer);
		const response = await postOffer(await stage().endpoint('whep', path), await peer.fullOffer);
		expect(response.status).toBe(404);
	});
}
