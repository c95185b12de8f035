import { expect } from 'vitest';

/** An answer of the control API: the status and the JSON body, whatever it is. */
export type ApiAnswer = { readonly status: number; readonly body: unknown };

export type ControlApi = {
	get(path: string): Promise<ApiAnswer>;
	send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<ApiAnswer>;
};

/** `base` is `http://host:port`, `path` starts with `/v3/`. */
export function controlApi(base: string): ControlApi {
	async function ask(path: string, init: RequestInit): Promise<ApiAnswer> {
		const response = await fetch(`${base}${path}`, init);
		const text = await response.text();
		try {
			return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
		} catch (error) {
			throw new Error(`${path} answered ${response.status} without JSON: ${text}`, {
				cause: error
			});
		}
	}
	return {
		get: (path) => ask(path, {}),
		send: (method, path, body) =>
			ask(path, {
				method,
				headers: { 'content-type': 'application/json' },
				body: typeof body === 'string' ? body : JSON.stringify(body)
			})
	};
}

/** The part of a path's state that the portal reads (MediaMTX's `APIPath`). */
export type PathState = {
	readonly name: string;
	readonly confName: string;
	readonly available: boolean;
	readonly availableTime: string | null;
	readonly ready: boolean;
	readonly online: boolean;
	readonly source: { readonly type: string; readonly id: string } | null;
	readonly tracks2: readonly { readonly codec: string }[];
	readonly readers: readonly { readonly type: string; readonly id: string }[];
	readonly inboundBytes: number;
	readonly outboundBytes: number;
};

/** @throws unless the path exists */
export async function pathState(api: ControlApi, path: string): Promise<PathState> {
	const { status, body } = await api.get(`/v3/paths/get/${path}`);
	if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
	return body as PathState;
}

/** The part of a WebRTC session that the portal reads (MediaMTX's `APIWebRTCSession`). */
export type WebRtcSession = {
	readonly id: string;
	readonly state: 'read' | 'publish';
	readonly path: string;
	readonly user: string;
	readonly peerConnectionEstablished: boolean;
	readonly inboundBytes: number;
	readonly inboundRTPPackets: number;
	readonly inboundRTPPacketsLost: number;
	readonly outboundBytes: number;
	readonly outboundRTPPackets: number;
};

export async function webRtcSessions(api: ControlApi): Promise<readonly WebRtcSession[]> {
	const { status, body } = await api.get('/v3/webrtcsessions/list?itemsPerPage=1000');
	if (status !== 200) throw new Error(`sessions: ${status}`);
	return (body as { items: WebRtcSession[] }).items;
}

/** The body of every refusal. */
export const ERROR = { status: 'error', error: expect.any(String) };

export const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
