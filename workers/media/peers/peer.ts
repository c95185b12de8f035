import {
	Audio,
	cleanup,
	IceUdpMuxListener,
	initLogger,
	PeerConnection,
	type LogLevel,
	type SelectedCandidateInfo,
	type Track
} from 'node-datachannel';
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { guard } from '../guard.ts';
import { Goodbyes } from './goodbye.ts';
import { readTransport, type LocalTransport } from '../sdp/answer.ts';

/**
 * The one file that knows node-datachannel (libdatachannel): ICE, DTLS and SRTP happen in there.
 * Where its edges are is in docs/decisions/020.
 */
export type IceSocket = {
	/** Bind address, or null for every IPv4 and IPv6 address. */
	readonly bindAddress: string | null;
	readonly port: number;
};

export type PeerEvents = {
	/** Keys are agreed; datagrams can be sent. */
	readonly open: () => void;
	/** A decrypted RTP or RTCP datagram. */
	readonly datagram: (datagram: Buffer) => void;
	/** Once, whoever ended it. Not called after `close()`. */
	readonly closed: () => void;
};

const goodbyes = new Goodbyes();

/** When every peer closed so far has been told. */
export function goodbyesSaid(): Promise<void> {
	return goodbyes.done();
}

/** Connections of which the library has not said yet that it is done with them. */
const unfinished = new Set<PeerConnection>();
const FINISH_WITHIN_MS = 1500;
const FINISH_POLL_MS = 5;

/**
 * Waits for the library's threads, once every peer is closed and nothing will be opened any more: one that calls
 * back into a process that is ending aborts it.
 */
export async function finishNative(log: Logger): Promise<void> {
	const giveUpAt = performance.now() + FINISH_WITHIN_MS;
	while (unfinished.size > 0 && performance.now() < giveUpAt)
		await new Promise((resolve) => setTimeout(resolve, FINISH_POLL_MS));
	if (unfinished.size > 0)
		return log.warn({ peers: unfinished.size }, 'the media library does not end its peers');
	guard(log, 'cleanup', cleanup)();
}

export type PeerOptions = {
	/** One audio section with Opus under this payload type and mid. */
	readonly offer: string;
	readonly mid: string;
	readonly payloadType: number;
	readonly socket: IceSocket;
	readonly events: PeerEvents;
	readonly log: Logger;
};

/**
 * One remote end. It has as few native callbacks as can be: each is a handle that the event loop looks at
 * whenever any of them has something to say, which with a thousand listeners was a tenth of all work.
 */
export class Peer {
	readonly transport: LocalTransport;
	readonly #connection: PeerConnection;
	readonly #events: PeerEvents;
	readonly #log: Logger;
	/** Kept for as long as the peer: the native track closes when its JavaScript side is collected. */
	readonly #track: Track;
	#open = false;
	#closed = false;

	/** Throws when the native library refuses the offer. */
	constructor({ offer, mid, payloadType, socket, events, log }: PeerOptions) {
		this.#events = events;
		this.#log = log;
		this.#connection = new PeerConnection('', {
			iceServers: [],
			enableIceUdpMux: true,
			portRangeBegin: socket.port,
			portRangeEnd: socket.port,
			...(socket.bindAddress === null ? {} : { bindAddress: socket.bindAddress })
		});
		unfinished.add(this.#connection);
		try {
			const audio = new Audio(mid, 'SendRecv');
			audio.addOpusCodec(payloadType);
			this.#track = this.#connection.addTrack(audio);
			this.#track.onMessage(
				guard(log, 'onMessage', (datagram) => {
					if (!this.#closed) events.datagram(datagram);
				})
			);
			this.#connection.onStateChange(
				guard(log, 'onStateChange', (state) => {
					if (state === 'closed') unfinished.delete(this.#connection);
					if (state === 'connected') this.#connected();
					else if (state === 'disconnected' || state === 'failed' || state === 'closed')
						this.#ended();
				})
			);
			this.#connection.setRemoteDescription(offer, 'offer');
			const transport = readTransport(this.#connection.localDescription()?.sdp ?? '');
			if (!transport) throw new Error('no local description');
			this.transport = transport;
		} catch (error) {
			this.close();
			unfinished.delete(this.#connection);
			throw error;
		}
	}

	/**
	 * Encrypts and sends a copy of one RTP or RTCP datagram; the buffer is free again on return.
	 * False when it could not be sent (not connected, kernel buffer full); the datagram is then gone.
	 */
	send(datagram: Buffer): boolean {
		if (!this.#open) return false;
		try {
			return this.#track.sendMessageBinary(datagram);
		} catch (error) {
			this.#log.debug({ err: error }, 'datagram not sent');
			return false;
		}
	}

	/** `type/protocol/address/port` of both ends of the selected pair, as MediaMTX writes them. */
	candidatePair(): { local: string; remote: string } | null {
		try {
			const pair = this.#closed ? null : this.#connection.getSelectedCandidatePair();
			return pair === null ? null : { local: describe(pair.local), remote: describe(pair.remote) };
		} catch {
			return null;
		}
	}

	/** Ends it and, if it was open, lets the other side know. */
	close(): void {
		if (this.#closed) return;
		const wasOpen = this.#open;
		this.#closed = true;
		this.#open = false;
		if (wasOpen)
			goodbyes.say(
				this.#track,
				guard(this.#log, 'close', () => this.#connection.close())
			);
		else this.#connection.close();
	}

	/** The library opens its tracks right after it says "connected", on another thread. */
	#connected(): void {
		if (this.#closed || this.#open) return;
		if (!this.#track.isOpen()) {
			setTimeout(
				guard(this.#log, 'open', () => this.#connected()),
				1
			);
			return;
		}
		this.#open = true;
		this.#events.open();
	}

	#ended(): void {
		if (this.#closed) return;
		this.#open = false; // nobody is left to say goodbye to
		this.close();
		this.#events.closed();
	}
}

function describe({ type, transportType, address, port }: SelectedCandidateInfo): string {
	return `${type}/${transportType}/${address}/${port}`.toLowerCase();
}

/**
 * Takes the one UDP port of all peers and keeps it while no peer is there. Throws when it is taken.
 * Stop it last, after every peer.
 */
export function holdIceSocket(socket: IceSocket): { stop: () => void } {
	const listener =
		socket.bindAddress === null
			? new IceUdpMuxListener(socket.port)
			: new IceUdpMuxListener(socket.port, socket.bindAddress);
	return { stop: () => listener.stop() };
}

/** Sends warnings of the native library to our log. */
export function logNative(
	log: Logger,
	level: Extract<LogLevel, 'Error' | 'Warning' | 'Info'>
): void {
	initLogger(
		level,
		guard(log, 'logger', (severity, message) => log.debug({ severity }, message))
	);
}

/** An SSRC, never 0. */
export function randomSsrc(): number {
	return randomBytes(4).readUInt32BE(0) || 1;
}
