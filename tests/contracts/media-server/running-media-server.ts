import type { MediaTokens } from '../../support/media-tokens.ts';

/** A media server that a test has for itself: empty, on free loopback ports, trusting `tokens` alone. */
export type RunningMediaServer = {
	readonly kind: MediaServerKind;
	readonly tokens: MediaTokens;
	/** WHIP and WHEP: `{webrtcBase}/{path}/whip`. */
	readonly webrtcBase: string;
	/** Control API: `{apiBase}/v3/…`. */
	readonly apiBase: string;
	/** `rtsp://host:port`, without a path. */
	readonly rtspBase: string;
	readonly metricsUrl: string;
	/** Ends it and everything started for it. @throws when it does not end cleanly and soon */
	stop(): Promise<void>;
};

export type MediaServerKind = 'embedded' | 'mediamtx';

export type StartOptions = {
	/** As where the control API is not bound to loopback alone: nobody gets in without a token. */
	readonly apiNeedsToken?: boolean;
};

export type StartMediaServer = (options?: StartOptions) => Promise<RunningMediaServer>;
