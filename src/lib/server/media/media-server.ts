import type { MediaPath } from '#lib/domain/media-path.ts';

/**
 * The media server as the portal needs it; `mediamtx.ts` is the one adapter, for MediaMTX and for the
 * embedded server alike, and the contract suite says what both must do.
 */
export interface MediaServer {
	/** Reachable and authorised; never throws. Answer within 2 s. */
	health(): Promise<boolean>;
	/** Changes when the media server restarted and forgot its paths; null when it does not answer. */
	startedAt(): Promise<string | null>;
	/** What answers there; throws MediaServerDown. */
	info(): Promise<MediaServerInfo>;
	/**
	 * Makes the path exist as wanted, and returns when it does. Compares first and changes only what is
	 * wrong, since on MediaMTX a change drops publisher and readers: while somebody is on air there the wrong
	 * setting stays, and the answer is `postponed`. Throws MediaServerDown or PathRefused.
	 */
	ensurePath(path: MediaPath, wanted: PathSettings): Promise<PathOutcome>;
	/** How a path stands against what is wanted, without touching it; null when there is none. Throws MediaServerDown. */
	inspectPath(path: MediaPath, wanted: PathSettings): Promise<InspectedPath | null>;
	removePath(path: MediaPath): Promise<void>;
	/** All paths with their publishers, in one call; throws MediaServerDown. */
	listPaths(): Promise<readonly PathStatus[]>;
	/** The publisher of one path at this moment, or null; throws MediaServerDown. */
	publisher(path: MediaPath): Promise<Publisher | null>;
	/** One publishing session by its id, or null when it is over; throws MediaServerDown. */
	session(sessionId: string): Promise<Publisher | null>;
	/**
	 * All sessions that publish or are about to publish to the path (a newcomer before its first packet too),
	 * or to any path when none is given. Costly on MediaMTX with thousands of listeners.
	 */
	publishSessions(path?: MediaPath): Promise<readonly Publisher[]>;
	/** Ends a session; true also when it was gone already. */
	kick(sessionId: string): Promise<boolean>;
	/** Makes the media server forget the key set it has and read it again before the next join. */
	refreshKeys(): Promise<void>;
}

export type MediaServerInfo = {
	readonly version: string;
	readonly startedAt: string;
	/** Takes the sound of an offer and refuses its picture, so that the floor's path can be always available. */
	readonly audioOnly: boolean;
};

/** An always available path keeps its listeners when nobody publishes; it takes Opus and nothing else. */
export type PathSettings = { readonly alwaysAvailable: boolean };

export type InspectedPath = {
	/** Set up as wanted, and applied. */
	readonly complete: boolean;
	/** Somebody publishes to it. */
	readonly online: boolean;
};

export type PathOutcome = 'kept' | 'created' | 'changed' | 'postponed';

export type PathStatus = {
	readonly path: string;
	/** Somebody publishes to it. */
	readonly online: boolean;
	/** The publishing session, for `session` and `kick`; null when offline or fed by another kind of source. */
	readonly sourceId: string | null;
	/** Listeners by WebRTC. */
	readonly readers: number;
	/** Grows while sound arrives; while `online` from nothing else. */
	readonly inboundBytes: number;
	/** Loudness of the last packet as RTP tells it (RFC 6464), dBFS; null where the server does not tell (MediaMTX). */
	readonly levelDb: number | null;
};

/** A publishing session. `user` is the `sub` of its publish token (`seat:<SeatId>`, `floor:<PersonId>` …). */
export type Publisher = {
	readonly sessionId: string;
	readonly path: string;
	readonly user: string;
	readonly inboundBytes: number;
	readonly packets: number;
	readonly packetsLost: number;
	/** Of the way in (RFC 3550, section 6.4.1); null where the server does not tell. */
	readonly jitterMs: number | null;
};

/**
 * - `refused`: nothing listens there, the process is gone
 * - `no-answer`: too slow, unreachable, or an answer that is not one
 * - `unauthorised`: it listens and does not believe our token
 */
export type DownReason = 'refused' | 'no-answer' | 'unauthorised';

export class MediaServerDown extends Error {
	override readonly name = 'MediaServerDown';
	readonly reason: DownReason;

	constructor(message: string, reason: DownReason = 'no-answer', options?: ErrorOptions) {
		super(message, options);
		this.reason = reason;
	}
}

/** The media server answers, and will not have a path like this. */
export class PathRefused extends Error {
	override readonly name = 'PathRefused';
}
