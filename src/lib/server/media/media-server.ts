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
	/**
	 * Makes the path exist as wanted. Compares first and changes only what is wrong, since on MediaMTX a
	 * change drops publisher and readers.
	 */
	ensurePath(path: MediaPath, wanted: PathSettings): Promise<void>;
	removePath(path: MediaPath): Promise<void>;
	/** All paths with their publishers, in one call; throws MediaServerDown. */
	listPaths(): Promise<readonly PathStatus[]>;
	/** The publisher of one path at this moment, or null; throws MediaServerDown. */
	publisher(path: MediaPath): Promise<Publisher | null>;
	/** All sessions that publish or are about to publish to the path (a newcomer before its first packet too). */
	publishSessions(path: MediaPath): Promise<readonly Publisher[]>;
	/** Ends a session; true also when it was gone already. */
	kick(sessionId: string): Promise<boolean>;
}

export type PathSettings = { readonly alwaysAvailable: boolean };

export type PathStatus = {
	readonly path: string;
	readonly online: boolean;
	readonly sourceId: string | null;
	readonly readers: number;
	readonly inboundBytes: number;
};

/** A publishing session. `user` is the `sub` of its publish token (`seat:<SeatId>`, `floor:<PersonId>` …). */
export type Publisher = {
	readonly sessionId: string;
	readonly user: string;
	readonly inboundBytes: number;
	readonly packets: number;
	readonly packetsLost: number;
};

export class MediaServerDown extends Error {
	override readonly name = 'MediaServerDown';
}
