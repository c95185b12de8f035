import nodeDataChannel from 'node-datachannel';
import { deferred } from '../../tests/support/deferred.ts';
import { isRtcp, readRtp, writeRtp } from '../../tests/support/rtp.ts';
import { FRAME_MS, SAMPLES_PER_FRAME, type Voice } from '../../tests/support/voices.ts';
import { guarded, offeringPeer, OPUS_PAYLOAD_TYPE } from '../../tests/support/webrtc/peer.ts';

const SSRC = 0x4242;

/**
 * Sends a voice's frames from one native peer straight to another, 20 ms apart: what the way takes without a
 * media server. Milliseconds from sending to arrival, one per frame.
 */
export async function directTransits(voice: Voice, frames: number): Promise<number[]> {
	const speaker = offeringPeer('direct-speaker', [
		{ kind: 'audio', direction: 'SendOnly', ssrc: SSRC }
	]);
	const ear = new nodeDataChannel.PeerConnection('direct-ear', {
		iceServers: [],
		bindAddress: '127.0.0.1'
	});
	const answer = deferred<string>();
	const done = deferred<undefined>();
	const sentAt: number[] = [];
	const transits: number[] = [];
	ear.onGatheringStateChange(
		guarded((state) => {
			if (state === 'complete') answer.resolve(ear.localDescription()?.sdp ?? '');
		})
	);
	const audio = new nodeDataChannel.Audio('0', 'RecvOnly');
	audio.addOpusCodec(OPUS_PAYLOAD_TYPE);
	const track = ear.addTrack(audio);
	track.onMessage(
		guarded((bytes) => {
			if (isRtcp(bytes)) return;
			const at = sentAt[readRtp(bytes).sequenceNumber];
			if (at !== undefined) transits.push(performance.now() - at);
			if (transits.length === frames) done.resolve(undefined);
		})
	);
	ear.setRemoteDescription(await speaker.bareOffer, 'offer');
	speaker.accept(await answer.promise);
	await speaker.connected;
	const [out] = speaker.tracks;

	const startedAt = performance.now() + FRAME_MS;
	const tick = (): void => {
		const index = sentAt.length;
		if (index >= frames) return;
		sentAt.push(performance.now());
		out?.sendMessageBinary(
			writeRtp({
				payloadType: OPUS_PAYLOAD_TYPE,
				marker: index === 0,
				sequenceNumber: index,
				timestamp: index * SAMPLES_PER_FRAME,
				ssrc: SSRC,
				payload: voice.frames[index % voice.frames.length] ?? Buffer.alloc(0)
			})
		);
		setTimeout(tick, Math.max(1, startedAt + (index + 1) * FRAME_MS - performance.now()));
	};
	tick();
	await done.promise;
	speaker.close();
	track.close();
	ear.close();
	return transits;
}
