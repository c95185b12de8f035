import { h264KeyFrame } from '../h264.ts';
import { writeRtp } from '../rtp.ts';
import type { UdpRelay } from '../udp-relay.ts';
import { FRAME_MS, SAMPLES_PER_FRAME, type Voice } from '../voices.ts';
import { deleteSession, openSession, type MediaEndpoint, type OpenedSession } from './endpoint.ts';
import { H264_PAYLOAD_TYPE, offeringPeer, OPUS_PAYLOAD_TYPE, type TestPeer } from './peer.ts';

/** A native publisher that sends a voice's frames as RTP, 20 ms apart, exactly as it is told to. */
export type WhipPublisher = {
	readonly session: OpenedSession;
	readonly ended: TestPeer['ended'];
	/** Speaks on from the next frame, in real time, until `pause`. */
	speak(): void;
	pause(): void;
	/** Sends one frame now, out of turn with the clock. */
	sendFrame(): void;
	/** Counts frames as sent without sending them: packets lost on the way up. */
	lose(frames: number): void;
	/** Sends the next `frames` frames in the order given by their offsets, e.g. `[1, 0, 2]`. */
	sendInOrder(offsets: readonly number[]): void;
	/** Frames that really went out, with `performance.now()`. */
	readonly sent: readonly { readonly index: number; readonly atMs: number }[];
	/** DELETE, then closes. The status of the DELETE. */
	leave(): Promise<number>;
	/** Closes without a word to the HTTP side. */
	close(): void;
};

export type PublisherOptions = {
	readonly name?: string;
	/** Also offers an H264 line before the audio, as OBS does, and sends a key frame every second. */
	readonly withVideo?: boolean;
	/** A stream's numbers may start anywhere (RFC 3550, section 5.1); say where to meet the wrap-around. */
	readonly firstSequenceNumber?: number;
	readonly firstTimestamp?: number;
	/** Reaches the server through this instead of directly. */
	readonly through?: UdpRelay;
};

const FRAMES_PER_PICTURE = 50;
/** H264 counts at 90 kHz (RFC 6184): 1,800 in the 20 ms of an audio frame. */
const PICTURE_CLOCK_PER_FRAME = 1_800;

let publishers = 0;

/**
 * Publishes to a WHIP endpoint; resolves when ICE and DTLS stand, before any sound.
 *
 * @throws with the endpoint's words when it refuses the offer
 */
export async function publish(
	endpoint: MediaEndpoint,
	voice: Voice,
	options: PublisherOptions = {}
): Promise<WhipPublisher> {
	const number = ++publishers;
	const ssrc = 0x1000 + number * 2;
	const firstSequence = options.firstSequenceNumber ?? 1000 * number;
	const firstTimestamp = options.firstTimestamp ?? 48_000 * number;
	const audio = { kind: 'audio', direction: 'SendOnly', ssrc } as const;
	const video = { kind: 'video', direction: 'SendOnly', ssrc: ssrc + 1 } as const;
	const peer = offeringPeer(
		options.name ?? `publisher-${number}`,
		options.withVideo === true ? [video, audio] : [audio]
	);
	const track = peer.tracks.at(-1);
	const picture = options.withVideo === true ? await h264KeyFrame() : [];
	const pictureTrack = picture.length > 0 ? peer.tracks[0] : undefined;
	const session = await openSession(endpoint, await peer.bareOffer).catch((error: unknown) => {
		peer.close();
		throw error;
	});
	peer.accept(options.through?.redirect(session.answer) ?? session.answer);
	await peer.connected.catch((error: unknown) => {
		peer.close();
		throw error;
	});

	const sent: { index: number; atMs: number }[] = [];
	let next = 0;
	let timer: NodeJS.Timeout | undefined;

	let pictureUnits = 0;
	function sendPicture(frame: number): void {
		if (pictureTrack === undefined || !pictureTrack.isOpen()) return;
		picture.forEach((payload, i) => {
			pictureTrack.sendMessageBinary(
				writeRtp({
					payloadType: H264_PAYLOAD_TYPE,
					marker: i === picture.length - 1,
					sequenceNumber: pictureUnits++,
					timestamp: frame * PICTURE_CLOCK_PER_FRAME,
					ssrc: ssrc + 1,
					payload
				})
			);
		});
	}

	function send(index: number): void {
		if (index % FRAMES_PER_PICTURE === 0) sendPicture(index);
		const payload = voice.frames[index % voice.frames.length];
		if (payload === undefined || track === undefined || !track.isOpen()) return;
		const packet = writeRtp({
			payloadType: OPUS_PAYLOAD_TYPE,
			marker: index === 0,
			sequenceNumber: firstSequence + index,
			timestamp: firstTimestamp + index * SAMPLES_PER_FRAME,
			ssrc,
			payload
		});
		if (track.sendMessageBinary(packet)) sent.push({ index, atMs: performance.now() });
	}

	function pause(): void {
		clearTimeout(timer);
		timer = undefined;
	}

	function speak(): void {
		pause();
		const startedAt = performance.now() - next * FRAME_MS;
		// A timer alone drifts; the clock says how many frames are due.
		const tick = (): void => {
			while (startedAt + next * FRAME_MS <= performance.now()) send(next++);
			timer = setTimeout(tick, Math.max(1, startedAt + next * FRAME_MS - performance.now()));
		};
		tick();
	}

	function close(): void {
		pause();
		peer.close();
	}

	return {
		session,
		ended: peer.ended,
		sent,
		speak,
		pause,
		close,
		sendFrame: () => send(next++),
		lose(frames) {
			next += frames;
		},
		sendInOrder(offsets) {
			for (const offset of offsets) send(next + offset);
			next += offsets.length;
		},
		async leave() {
			pause();
			const status = await deleteSession(session.resource);
			close();
			return status;
		}
	};
}
