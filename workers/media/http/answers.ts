import type { OutgoingHttpHeaders } from 'node:http';

export type HttpAnswer = {
	readonly status: number;
	readonly headers?: OutgoingHttpHeaders;
	readonly body?: string;
};

export function json(
	status: number,
	value: unknown,
	headers: OutgoingHttpHeaders = {}
): HttpAnswer {
	return {
		status,
		headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
		body: JSON.stringify(value)
	};
}

/** MediaMTX's body of a success without a result. */
export function done(): HttpAnswer {
	return json(200, { status: 'ok' });
}

/** MediaMTX's body of every error. */
export function failure(
	status: number,
	error: string,
	headers: OutgoingHttpHeaders = {}
): HttpAnswer {
	return json(status, { status: 'error', error }, headers);
}

/** Credentials are asked for only when none were given, as MediaMTX does. */
export function unauthorised(asked: boolean): HttpAnswer {
	return failure(
		401,
		'authentication error',
		asked ? { 'WWW-Authenticate': 'Basic realm="mediamtx"' } : {}
	);
}
