import type { Result } from '#lib/domain/result.ts';
import { done, failure, json, type HttpAnswer } from '../http/answers.ts';
import type { HttpHandler, HttpRequest } from '../http/server.ts';
import { renderMetrics } from '../metrics/metrics.ts';
import { DEFAULT_PATH_CONFIG } from '../paths/path-config.ts';
import type { PathRegistry, RegistryCode } from '../paths/registry.ts';
import type { Sessions } from '../peers/sessions.ts';
import type { RtspSessionList } from '../rtsp/sessions.ts';
import type { KeySet } from '../tokens/key-set.ts';
import type { TokenVerifier } from '../tokens/verifier.ts';
import { refuseControl } from './access.ts';
import { rtspSessionShape } from '../rtsp/shape.ts';
import { configShape, paginate, pathShape, webRtcSessionShape, type Page } from './shapes.ts';

export type ControlParts = {
	readonly paths: PathRegistry;
	readonly sessions: Sessions;
	readonly rtsp: RtspSessionList;
	readonly tokens: TokenVerifier;
	readonly keys: KeySet | null;
	readonly startedAt: Date;
	readonly version: string;
};

const MAX_CONFIG_BYTES = 128 * 1024;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

type Route = (
	parts: ControlParts,
	request: HttpRequest,
	rest: string
) => Promise<HttpAnswer> | HttpAnswer;

/** `METHOD prefix`; a prefix that ends in a slash hands on what follows it. */
const ROUTES: readonly (readonly [string, string, Route])[] = [
	['GET', '/v3/info', ({ version, startedAt }) => json(200, { version, started: startedAt })],
	['POST', '/v3/auth/jwks/refresh', onRefreshKeys],
	['GET', '/v3/config/pathdefaults/get', () => json(200, configShape('', DEFAULT_PATH_CONFIG))],
	['GET', '/v3/config/paths/list', onConfigList],
	['GET', '/v3/config/paths/get/', onConfigGet],
	[
		'POST',
		'/v3/config/paths/add/',
		(parts, request, name) => onConfig(parts, request, name, 'add')
	],
	[
		'PATCH',
		'/v3/config/paths/patch/',
		(parts, request, name) => onConfig(parts, request, name, 'patch')
	],
	[
		'POST',
		'/v3/config/paths/replace/',
		(parts, request, name) => onConfig(parts, request, name, 'replace')
	],
	['DELETE', '/v3/config/paths/delete/', ({ paths }, _, name) => configAnswer(paths.delete(name))],
	['GET', '/v3/paths/list', onPathList],
	['GET', '/v3/paths/get/', onPathGet],
	['GET', '/v3/webrtcsessions/list', onWebRtcList],
	['GET', '/v3/webrtcsessions/get/', onWebRtcGet],
	['POST', '/v3/webrtcsessions/kick/', onWebRtcKick],
	['GET', '/v3/rtspsessions/list', onRtspList],
	['GET', '/v3/rtspsessions/get/', onRtspGet],
	['POST', '/v3/rtspsessions/kick/', onRtspKick]
];

/** The part of MediaMTX's control API that the portal and its operators use. */
export function controlHandler(parts: ControlParts): HttpHandler {
	return async (request) => {
		const metrics = request.path === '/metrics';
		const refusal = await refuseControl(request, parts.tokens, metrics ? 'metrics' : 'api');
		if (refusal) return refusal;
		if (metrics && request.method === 'GET') return renderMetrics(parts, request.query);
		for (const [method, prefix, route] of ROUTES) {
			const matches = prefix.endsWith('/')
				? request.path.startsWith(prefix)
				: request.path === prefix;
			if (matches && method === request.method)
				return route(parts, request, request.path.slice(prefix.length));
		}
		return failure(404, 'not found');
	};
}

async function onRefreshKeys({ keys }: ControlParts): Promise<HttpAnswer> {
	await keys?.refresh({ force: true });
	return done();
}

function onConfigList({ paths }: ControlParts, { query }: HttpRequest): HttpAnswer {
	return page(paginate(paths.list(), query, (path) => configShape(path.name, path.config)));
}

function onConfigGet({ paths }: ControlParts, _: HttpRequest, name: string): HttpAnswer {
	const path = paths.get(name);
	return path
		? json(200, configShape(name, path.config))
		: failure(404, 'path configuration not found');
}

async function onConfig(
	{ paths }: ControlParts,
	request: HttpRequest,
	name: string,
	change: 'add' | 'patch' | 'replace'
): Promise<HttpAnswer> {
	const body = await request.body(MAX_CONFIG_BYTES);
	if (!body.ok) return failure(413, body.error.message);
	let config: unknown;
	try {
		config = JSON.parse(body.value.toString('utf8'));
	} catch {
		return failure(400, 'the body is not JSON');
	}
	return configAnswer(paths[change](name, config));
}

function configAnswer(result: Result<unknown, RegistryCode>): HttpAnswer {
	if (result.ok) return done();
	return failure(result.error.code === 'path_missing' ? 404 : 400, result.error.message);
}

function onPathList({ paths }: ControlParts, { query }: HttpRequest): HttpAnswer {
	return page(paginate(paths.list(), query, pathShape));
}

function onPathGet({ paths }: ControlParts, _: HttpRequest, name: string): HttpAnswer {
	const path = paths.get(name);
	return path ? json(200, pathShape(path)) : failure(404, 'path not found');
}

function onWebRtcList({ sessions }: ControlParts, { query }: HttpRequest): HttpAnswer {
	// `state=` is ours: the portal asks every second and wants the few that publish.
	const state = new URLSearchParams(query).get('state');
	const listed = sessions
		.list()
		.filter((session) => session.present && (state === null || session.state === state));
	return page(paginate(listed, query, webRtcSessionShape));
}

function onWebRtcGet({ sessions }: ControlParts, _: HttpRequest, id: string): HttpAnswer {
	return withSession(
		id,
		(known) => sessions.get(known),
		(session) => json(200, webRtcSessionShape(session))
	);
}

function onWebRtcKick({ sessions }: ControlParts, _: HttpRequest, id: string): HttpAnswer {
	return withSession(
		id,
		(known) => sessions.get(known),
		(session) => {
			session.close('kicked');
			return done();
		}
	);
}

function onRtspList({ rtsp }: ControlParts, { query }: HttpRequest): HttpAnswer {
	return page(paginate(rtsp.list(), query, rtspSessionShape));
}

function onRtspGet({ rtsp }: ControlParts, _: HttpRequest, id: string): HttpAnswer {
	return withSession(
		id,
		(known) => rtsp.get(known),
		(session) => json(200, rtspSessionShape(session))
	);
}

function onRtspKick({ rtsp }: ControlParts, _: HttpRequest, id: string): HttpAnswer {
	return withSession(
		id,
		(known) => rtsp.get(known),
		(session) => {
			session.close('kicked');
			return done();
		}
	);
}

function withSession<T>(
	id: string,
	find: (id: string) => T | null,
	answer: (session: T) => HttpAnswer
): HttpAnswer {
	if (!UUID.test(id)) return failure(400, 'invalid UUID');
	const session = find(id.toLowerCase());
	return session === null ? failure(404, 'session not found') : answer(session);
}

function page(content: Page<unknown> | null): HttpAnswer {
	return content === null ? failure(400, 'invalid page') : json(200, content);
}
