import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel';
import { deferred } from '../deferred.ts';

/** One native peer of a test, on loopback. Closing it twice is harmless. */
export type TestPeer = {
	readonly connection: PeerConnection;
	/**
	 * The offer without candidates, as a browser has it right after `setLocalDescription`. Connect with this one:
	 * a server that knows where to knock may finish DTLS while `accept` is still storing the fingerprint that it
	 * is checked against, and fail.
	 */
	readonly bareOffer: Promise<string>;
	/** The offer with every candidate in it. */
	readonly fullOffer: Promise<string>;
	/** Candidates as `candidate:…` lines, complete once `fullOffer` has resolved. */
	readonly candidates: readonly string[];
	/** Resolves when ICE and DTLS stand; rejects when the peer ends before. */
	readonly connected: Promise<void>;
	/** Resolves with the state that ended it: by us, by the server, or by silence. */
	readonly ended: Promise<'closed' | 'disconnected' | 'failed'>;
	accept(answer: string): void;
	close(): void;
};

type Line =
	| { readonly kind: 'audio'; readonly direction: 'SendOnly' | 'RecvOnly'; readonly ssrc?: number }
	| { readonly kind: 'video'; readonly direction: 'SendOnly' | 'RecvOnly'; readonly ssrc?: number }
	| { readonly kind: 'data' };

export const OPUS_PAYLOAD_TYPE = 111;
export const H264_PAYLOAD_TYPE = 102;
const OPUS_FMTP = 'minptime=10;useinbandfec=1';
const H264_FMTP = 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f';

/**
 * An exception inside a native callback ends the whole process, so each is caught here and reported as a
 * rejection nobody handles: the test runner fails the run with it, and says where it came from.
 */
export function guarded<A extends unknown[]>(callback: (...args: A) => void): (...args: A) => void {
	return (...args) => {
		try {
			callback(...args);
		} catch (error) {
			void Promise.reject(error instanceof Error ? error : new Error(String(error)));
		}
	};
}

/**
 * Every native object of this process, kept on purpose: what the garbage collector takes while a callback of it
 * is under way, or before `cleanup()`, is freed twice by the library (node-datachannel 0.33).
 */
const everything: unknown[] = [];
let open = 0;

/** How many peers of this process are not closed yet: zero at the end of a tidy test. */
export function openPeers(): number {
	return open;
}

/** A peer that offers the given media lines, in order, and the tracks of those that carry media. */
export function offeringPeer(name: string, lines: readonly Line[]): TestPeer & { tracks: Track[] } {
	const connection = new nodeDataChannel.PeerConnection(name, {
		iceServers: [],
		bindAddress: '127.0.0.1',
		disableAutoNegotiation: true
	});
	const candidates: string[] = [];
	const bareOffer = deferred<string>();
	const fullOffer = deferred<string>();
	const connected = deferred<undefined>();
	const ended = deferred<'closed' | 'disconnected' | 'failed'>();
	let isOpen = true;
	open++;

	connection.onLocalDescription(guarded((sdp) => bareOffer.resolve(sdp)));
	connection.onLocalCandidate(guarded((candidate) => candidates.push(candidate)));
	connection.onGatheringStateChange(
		guarded((state) => {
			if (state === 'complete') fullOffer.resolve(connection.localDescription()?.sdp ?? '');
		})
	);
	connection.onStateChange(
		guarded((state) => {
			if (state === 'connected') connected.resolve(undefined);
			if (state === 'closed' || state === 'failed' || state === 'disconnected') {
				connected.reject(new Error(`${name}: ${state} before it was connected`));
				ended.resolve(state);
			}
		})
	);

	const tracks: Track[] = [];
	lines.forEach((line, index) => {
		if (line.kind === 'data') {
			connection.createDataChannel('data');
			return;
		}
		const media =
			line.kind === 'audio'
				? new nodeDataChannel.Audio(String(index), line.direction)
				: new nodeDataChannel.Video(String(index), line.direction);
		if (media instanceof nodeDataChannel.Audio) media.addOpusCodec(OPUS_PAYLOAD_TYPE, OPUS_FMTP);
		else media.addH264Codec(H264_PAYLOAD_TYPE, H264_FMTP);
		if (line.ssrc !== undefined) media.addSSRC(line.ssrc, name, name, `${name}-${line.kind}`);
		tracks.push(connection.addTrack(media));
	});
	connection.setLocalDescription('offer');
	everything.push(connection, ...tracks);

	return {
		connection,
		tracks,
		candidates,
		bareOffer: bareOffer.promise,
		fullOffer: fullOffer.promise,
		connected: connected.promise,
		ended: ended.promise,
		accept(answer) {
			connection.setRemoteDescription(answer, 'answer');
		},
		close() {
			if (!isOpen) return;
			isOpen = false;
			open--;
			for (const track of tracks) track.close();
			connection.close();
			// After close() no callback may come any more; whoever waits must not wait for ever.
			connected.reject(new Error(`${name}: closed before it was connected`));
			ended.resolve('closed');
		}
	};
}
