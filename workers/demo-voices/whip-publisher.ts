import { randomInt } from 'node:crypto';
import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import { pace } from './pace.ts';
import { FRAME_MS, type Speech } from './speech.ts';

/** A recording that is being sent to a WHIP endpoint (RFC 9725). */
export type Publisher = {
	/** Resolves when it is over, whoever ended it. */
	readonly ended: Promise<void>;
	/** DELETE and close; safe to call again. */
	stop(): Promise<void>;
};

const PAYLOAD_TYPE = 111;
/** Opus in RTP counts at 48 kHz whatever was encoded (RFC 7587, section 4.1). */
const SAMPLES_PER_FRAME = 960;
const RTP_HEADER_BYTES = 12;
const CONNECT_TIMEOUT_MS = 8_000;
const HTTP_TIMEOUT_MS = 5_000;

/**
 * Sends `speech` in a loop, one frame every 20 ms. Resolves once ICE and DTLS stand and the first frame is out.
 *
 * @param position where in the speech to begin, in frames
 * @throws when the endpoint refuses, or no connection comes about
 */
export async function publish(
	{ url, token }: { url: string; token: string },
	speech: Speech,
	position: number
): Promise<Publisher> {
	const peer = new nodeDataChannel.PeerConnection('demo-voice', {
		iceServers: [],
		disableAutoNegotiation: true
	});
	let resource: string | null = null;
	let finish: () => void = () => undefined;
	const ended = new Promise<void>((resolve) => (finish = resolve));
	let isOver = false;

	async function stop(): Promise<void> {
		if (isOver) return;
		isOver = true;
		finish();
		const session = resource;
		// The word first: a closed peer alone would be noticed only after a timeout.
		if (session !== null)
			await fetch(session, { method: 'DELETE', signal: AbortSignal.timeout(HTTP_TIMEOUT_MS) })
				.then((response) => response.arrayBuffer())
				.catch(() => undefined); // the media server is gone, and the session with it
		peer.close();
	}

	try {
		const ssrc = randomInt(1, 0x1_0000_0000);
		const track = addVoice(peer, ssrc);
		const connected = untilConnected(peer, () => void stop());
		const answer = await offer(peer, url, token);
		resource = answer.resource;
		peer.setRemoteDescription(answer.sdp, 'answer');
		await connected;
		const stopPacing = pace(FRAME_MS, (count) => {
			if (isOver || !track.isOpen()) return;
			const payload = speech.frames[(position + count) % speech.frames.length];
			try {
				if (payload) track.sendMessageBinary(rtpPacket(ssrc, count, payload));
			} catch {
				void stop(); // it closed between the question and the answer
			}
		});
		void ended.then(stopPacing);
		return { ended, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

function addVoice(peer: PeerConnection, ssrc: number): Track {
	const audio = new nodeDataChannel.Audio('0', 'SendOnly');
	audio.addOpusCodec(PAYLOAD_TYPE, 'minptime=10;useinbandfec=1');
	audio.addSSRC(ssrc, 'demo-voice', 'demo-voice', 'demo-voice');
	return peer.addTrack(audio);
}

/** An exception in a native callback would end the process, so these only ever settle a promise. */
function untilConnected(peer: PeerConnection, onEnd: () => void): Promise<void> {
	const connected = new Promise<void>((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error('no connection')), CONNECT_TIMEOUT_MS);
		peer.onStateChange((state) => {
			if (state === 'new' || state === 'connecting') return;
			clearTimeout(timer);
			if (state === 'connected') return resolve();
			reject(new Error(`the connection is ${state}`));
			onEnd();
		});
	});
	connected.catch(() => undefined); // seen by whoever awaits it, and by nobody when the offer was refused
	return connected;
}

async function offer(
	peer: PeerConnection,
	url: string,
	token: string
): Promise<{ resource: string; sdp: string }> {
	const sdp = await new Promise<string>((resolve) => {
		peer.onGatheringStateChange((state) => {
			if (state === 'complete') resolve(peer.localDescription()?.sdp ?? '');
		});
		peer.setLocalDescription('offer');
	});
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
		body: sdp,
		signal: AbortSignal.timeout(HTTP_TIMEOUT_MS)
	});
	const answer = await response.text();
	const location = response.headers.get('location');
	if (response.status !== 201 || location === null)
		throw new Error(`the media server answered ${response.status}`);
	return { resource: new URL(location, url).href, sdp: answer };
}

/** RFC 3550, section 5.1; the first packet of a talk carries the marker (RFC 3551, section 4.1). */
function rtpPacket(ssrc: number, count: number, payload: Buffer): Buffer {
	const header = Buffer.alloc(RTP_HEADER_BYTES);
	header.writeUInt8(0x80, 0);
	header.writeUInt8((count === 0 ? 0x80 : 0) | PAYLOAD_TYPE, 1);
	header.writeUInt16BE(count & 0xffff, 2);
	header.writeUInt32BE((count * SAMPLES_PER_FRAME) >>> 0, 4);
	header.writeUInt32BE(ssrc, 8);
	return Buffer.concat([header, payload]);
}
