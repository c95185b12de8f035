import type { MediaTokens } from '../../support/media-tokens.ts';

/** A media server that a test has for itself: empty, on free loopback ports, trusting `tokens` alone. */
export type RunningMediaServer = {
	readonly kind: MediaServerKind;
	/** Of the server's own process; 0 when somebody else started it. */
	readonly pid: number;
	readonly tokens: MediaTokens;
	/** WHIP and WHEP: `{webrtcBase}/{path}/whip`. */
	readonly webrtcBase: string;
	/** Control API: `{apiBase}/v3/…`. */
	readonly apiBase: string;
	/** `rtsp://host:port`, without a path. */
	readonly rtspBase: string;
	readonly metricsUrl: string;
	/** Headers that make a request look as if it came from outside this machine, where the server tells by them. */
	readonly outsideHeaders: Readonly<Record<string, string>>;
	/** Ends it and everything started for it. @throws when it does not end cleanly and soon */
	stop(): Promise<void>;
};

export type MediaServerKind = 'embedded' | 'mediamtx';

export type StartOptions = {
	/** The control API and metrics as where they are not bound to loopback alone: only with a token. */
	readonly apiNeedsToken?: boolean;
};

export type StartMediaServer = (options?: StartOptions) => Promise<RunningMediaServer>;
