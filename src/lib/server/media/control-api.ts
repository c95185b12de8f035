import type { z } from 'zod';
import { MediaServerDown } from './media-server.ts';

/** No question of the portal waits longer for the media server. */
export const CONTROL_API_TIMEOUT_MS = 2_000;

/** What the control API said no to; 404s are read as "not there" and never come as this. */
export type ControlApiRefusal = { readonly status: number; readonly message: string };

/** HTTP with MediaMTX's control API: JSON both ways, a limit on every wait, every failure one kind of error. */
export type ControlApi = {
	/** Null when there is no such thing (404). @throws MediaServerDown */
	get<T>(path: string, shape: z.ZodType<T>): Promise<T | null>;
	/** Null when done, else what it refused. @throws MediaServerDown */
	send(
		method: 'POST' | 'PATCH' | 'DELETE',
		path: string,
		body?: object
	): Promise<ControlApiRefusal | null>;
};

/**
 * @param base e.g. `http://127.0.0.1:9997`
 * @param token bearer token with the action `api`, asked for once per call; null where none is needed
 */
export function createControlApi(
	base: string,
	token: (() => Promise<string>) | null,
	timeoutMs = CONTROL_API_TIMEOUT_MS
): ControlApi {
	const root = base.replace(/\/+$/, '');

	async function call(method: string, path: string, body?: object): Promise<[number, string]> {
		const headers = new Headers();
		if (body !== undefined) headers.set('content-type', 'application/json');
		if (token !== null) headers.set('authorization', `Bearer ${await minted(token)}`);
		try {
			// Node's fetch keeps its connections alive; a redirect would carry the token elsewhere.
			const response = await fetch(`${root}${path}`, {
				method,
				headers,
				body: body === undefined ? null : JSON.stringify(body),
				redirect: 'error',
				signal: AbortSignal.timeout(timeoutMs)
			});
			const text = await response.text();
			if (response.status === 401 || response.status === 403)
				throw new MediaServerDown(`${path} answered ${response.status}`, 'unauthorised');
			if (response.status >= 500)
				throw new MediaServerDown(`${path} answered ${response.status}`, 'no-answer');
			return [response.status, text];
		} catch (error) {
			if (error instanceof MediaServerDown) throw error;
			throw new MediaServerDown(`${path}: ${sentence(error)}`, reasonOf(error), { cause: error });
		}
	}

	return {
		async get(path, shape) {
			const [status, text] = await call('GET', path);
			if (status === 404) return null;
			const parsed = status === 200 ? shape.safeParse(json(text)) : null;
			if (!parsed?.success)
				throw new MediaServerDown(`${path} answered ${status} with something else than expected`);
			return parsed.data;
		},

		async send(method, path, body) {
			const [status, text] = await call(method, path, body);
			return status < 300 ? null : { status, message: text.slice(0, 500) };
		}
	};
}

/** A token that could not be made (the database is away) says nothing about the media server. */
async function minted(token: () => Promise<string>): Promise<string> {
	try {
		return await token();
	} catch (error) {
		throw new MediaServerDown('no token for the control API', 'unauthorised', { cause: error });
	}
}

function json(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return null;
	}
}

/** What Node's fetch hides in `cause`, or in a list of causes when a name has several addresses. */
function causes(error: unknown): unknown[] {
	if (!(error instanceof Error)) return [error];
	const inner = error instanceof AggregateError ? error.errors : [error.cause];
	return [error, ...inner.flatMap((each: unknown) => (each === undefined ? [] : causes(each)))];
}

function code(error: unknown): string | null {
	return error instanceof Error && 'code' in error && typeof error.code === 'string'
		? error.code
		: null;
}

function reasonOf(error: unknown): 'refused' | 'no-answer' {
	const codes = causes(error).flatMap((each) => code(each) ?? []);
	return codes.length > 0 && codes.every((each) => each === 'ECONNREFUSED')
		? 'refused'
		: 'no-answer';
}

function sentence(error: unknown): string {
	const codes = causes(error).flatMap((each) => code(each) ?? []);
	return codes[0] ?? (error instanceof Error ? error.message : String(error));
}
