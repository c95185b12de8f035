import type { Logger } from 'pino';
import type { EndReason, LivePath } from '../paths/live-path.ts';
import type { Peer } from './peer.ts';

/** Who asked, as the control API shows it. */
export type SessionRequest = {
	/** IP of the client, also behind a reverse proxy; the client may have made it up. */
	readonly address: string;
	/** `address:port` of the connection. */
	readonly remoteAddress: string;
	readonly query: string;
	/** `sub` of the token. */
	readonly user: string;
	readonly userAgent: string;
};

export type SessionCounters = {
	readonly inboundBytes: number;
	readonly inboundRtpPackets: number;
	readonly inboundRtcpPackets: number;
	readonly outboundBytes: number;
	readonly outboundRtpPackets: number;
	readonly outboundRtcpPackets: number;
	/** Frames that could not be sent. */
	readonly outboundFramesDiscarded: number;
};

/** Why a session ended, for the log. */
export type CloseReason =
	| EndReason
	| 'client' // DELETE
	| 'peer' // DTLS or ICE closed
	| 'kicked'
	| 'handshake_timeout'
	| 'silent' // nothing heard from it
	| 'shutdown';

/** What is common to a WebRTC session that publishes and one that reads. */
export interface WebRtcSession {
	readonly id: string;
	/** The unguessable part of the session's URL: whoever has it may PATCH and DELETE. */
	readonly secret: string;
	readonly state: 'publish' | 'read';
	readonly createdAt: Date;
	readonly path: LivePath;
	readonly request: SessionRequest;
	readonly counters: SessionCounters;
	readonly answer: string;
	readonly remoteIceUfrag: string;
	readonly established: boolean;
	/** False while nothing is heard from it; it is then not listed, but may come back. */
	readonly present: boolean;
	candidatePair(): ReturnType<Peer['candidatePair']>;
	/** Loss of the direction this session is for: uplink of a publisher, downlink as its listener reports it. */
	loss(): {
		readonly packetsLost: number;
		/** Lost packets whose frame was heard from a copy all the same. */
		readonly packetsRepaired: number;
		readonly jitter: number;
	};
	/** Called about four times a second. */
	check(nowMs: number): void;
	close(reason: CloseReason): void;
}

export type SessionContext = {
	readonly path: LivePath;
	readonly request: SessionRequest;
	readonly log: Logger;
	/** Called once, when the session has ended. */
	readonly ended: (session: WebRtcSession) => void;
};

/** From the 201 until the first packet could flow. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
