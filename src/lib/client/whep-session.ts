import { deleteSession, postOffer } from './session-requests.ts';

/**
 * One WHEP session (draft-ietf-wish-whep): an offer, an answer, a resource that is deleted on leaving.
 * Knows nothing about trying again; `whep.ts` does.
 */
export type WhepFailure =
	| 'unauthorised' // 401: the token is wrong or has expired
	| 'no-channel' // 404: nothing to read there now
	| 'refused' // any other answer without a session
	| 'unreachable' // no answer at all
	| 'unsupported'; // this browser has no WebRTC

export class WhepError extends Error {
	override readonly name = 'WhepError';
	constructor(
		readonly failure: WhepFailure,
		message: string,
		options?: ErrorOptions
	) {
		super(message, options);
	}
}

export type WhepSession = {
	/** One audio track; it is there before the first packet. */
	readonly stream: MediaStream;
	/** `connected` says nothing about sound. `dead`: closed here, at the media server, or given up. */
	state(): 'opening' | 'connected' | 'dead';
	/** Counters of the sound that arrives; zeros before the first packet. */
	measure(): Promise<Measured>;
	/** Ends the session here and at the media server; works while the page is being left. */
	close(): void;
};

export type Measured = {
	readonly packets: number;
	readonly packetsLost: number;
	/** Sum over all samples played, seconds; see jitterBufferDelay in W3C webrtc-stats. */
	readonly bufferDelay: number;
	readonly bufferEmitted: number;
	/** Round trip to the media server, seconds, null while unknown. */
	readonly roundTrip: number | null;
	/** Sum of the squares of all samples, times their length: totalAudioEnergy, and totalSamplesDuration. */
	readonly energy: number;
	readonly seconds: number;
	/** Samples played in all, and those of them that were made up for lost ones. */
	readonly samples: number;
	readonly concealed: number;
	/** Seconds. */
	readonly jitter: number;
	readonly bytes: number;
};

const NOTHING_MEASURED: Measured = {
	packets: 0,
	packetsLost: 0,
	bufferDelay: 0,
	bufferEmitted: 0,
	roundTrip: null,
	energy: 0,
	seconds: 0,
	samples: 0,
	concealed: 0,
	jitter: 0,
	bytes: 0
};

/** Candidates of this device's own interfaces come within a few milliseconds, or not at all. */
const CANDIDATE_PATIENCE_MS = 20;

/**
 * Opens a session.
 *
 * The offer goes out at once, with whatever candidates are there (usually none): the media server's own
 * candidates are in its answer and it learns ours from our first check (RFC 8445 §7.3.1.3), so that waiting for
 * gathering or trickling would only delay the sound.
 *
 * @param url `{base}/{path}/whep`
 * @throws WhepError
 */
export async function openWhepSession(url: string, token: string): Promise<WhepSession> {
	if (typeof RTCPeerConnection === 'undefined')
		throw new WhepError('unsupported', 'this browser has no WebRTC');
	const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
	const { receiver } = connection.addTransceiver('audio', { direction: 'recvonly' });
	let resource: URL | null = null;
	let ended = false;

	/** ICE or DTLS gave up, or the media server said goodbye, which the connection's own state does not tell. */
	function isGivenUp(): boolean {
		const { connectionState } = connection;
		return (
			connectionState === 'failed' ||
			connectionState === 'closed' ||
			receiver.transport?.state === 'closed'
		);
	}

	function close(): void {
		if (ended) return;
		ended = true;
		receiver.track.stop();
		const atServer = resource;
		// A session that is gone already is not there to be deleted; the server notices the others by itself.
		if (!atServer || isGivenUp()) return connection.close();
		// First the request, then the connection: the server ends the session when it sees that close.
		void deleteSession(atServer, token).finally(() => connection.close());
	}

	try {
		await connection.setLocalDescription();
		await firstCandidate(connection);
		const response = await post(url, token, connection.localDescription?.sdp ?? '');
		const location = response.headers.get('location');
		if (location) resource = new URL(location, response.url);
		const answer = await response.text();
		// MediaMTX answers an empty 200 to some faulty requests: without a resource there is no session.
		if (response.status !== 201 || !resource)
			throw new WhepError('refused', `status ${response.status}`);
		await connection.setRemoteDescription({ type: 'answer', sdp: answer });
	} catch (error) {
		close();
		if (error instanceof WhepError) throw error;
		throw new WhepError('refused', 'the answer could not be used', { cause: error });
	}
	return {
		stream: new MediaStream([receiver.track]),
		state() {
			if (ended || isGivenUp()) return 'dead';
			return connection.connectionState === 'connected' ? 'connected' : 'opening';
		},
		measure: () => measure(connection),
		close
	};
}

/** Resolves with the first candidate, or without one after `CANDIDATE_PATIENCE_MS`. */
function firstCandidate(connection: RTCPeerConnection): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, CANDIDATE_PATIENCE_MS);
		connection.addEventListener(
			'icecandidate',
			() => {
				clearTimeout(timer);
				resolve();
			},
			{ once: true }
		);
	});
}

async function post(url: string, token: string, sdp: string): Promise<Response> {
	let response: Response;
	try {
		response = await postOffer(url, token, sdp);
	} catch (cause) {
		throw new WhepError('unreachable', 'the media server does not answer', { cause });
	}
	if (response.status === 401) throw new WhepError('unauthorised', 'the token was refused');
	if (response.status === 404) throw new WhepError('no-channel', 'there is nothing to read');
	// A proxy in front of a media server that is down answers these.
	if (response.status >= 500) throw new WhepError('unreachable', `status ${response.status}`);
	return response;
}

async function measure(connection: RTCPeerConnection): Promise<Measured> {
	let measured = NOTHING_MEASURED;
	// The lib's type of a report is a bare Map of any.
	for (const entry of (await connection.getStats()).values() as Iterable<StatsEntry>) {
		if (entry.type === 'inbound-rtp')
			measured = {
				...measured,
				packets: entry.packetsReceived ?? 0,
				packetsLost: entry.packetsLost ?? 0,
				bufferDelay: entry.jitterBufferDelay ?? 0,
				bufferEmitted: entry.jitterBufferEmittedCount ?? 0,
				energy: entry.totalAudioEnergy ?? 0,
				seconds: entry.totalSamplesDuration ?? 0,
				samples: entry.totalSamplesReceived ?? 0,
				concealed: entry.concealedSamples ?? 0,
				jitter: entry.jitter ?? 0,
				bytes: entry.bytesReceived ?? 0
			};
		else if (entry.type === 'candidate-pair' && entry.nominated)
			measured = { ...measured, roundTrip: entry.currentRoundTripTime ?? measured.roundTrip };
	}
	return measured;
}

type StatsEntry = RTCStats &
	Partial<RTCInboundRtpStreamStats> &
	Pick<Partial<RTCIceCandidatePairStats>, 'nominated' | 'currentRoundTripTime'>;
