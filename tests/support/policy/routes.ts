import { readdirSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { isActionFailure, isHttpError, isRedirect } from '@sveltejs/kit';
import type { Place, Scene } from './place.ts';

const ROUTES = resolve('src/routes');
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Something a request can reach: a page's or layout's load, a form action, or a method of an endpoint. */
export type Reachable = {
	/** `load /admin/audit`, `layout /admin`, `action /login?/default`, `GET /healthz` */
	readonly key: string;
	/** Address with its parameters in brackets. */
	readonly path: string;
	run(event: object): unknown;
};

type Module = Record<string, unknown> & { actions?: Record<string, unknown> };

/** Every file that answers requests, as it is imported by the server; no list that somebody could forget. */
export async function reachables(): Promise<Reachable[]> {
	const files = readdirSync(ROUTES, { recursive: true, withFileTypes: true })
		.filter((entry) => /^\+(server|(page|layout)\.server)\.ts$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
	const found: Reachable[] = [];
	for (const file of files) {
		const module = (await import(/* @vite-ignore */ file)) as Module;
		const path = addressOf(file);
		const add = (key: string, run: unknown): void => {
			if (typeof run !== 'function') throw new Error(`${file}: ${key} is no function`);
			found.push({ key, path, run: (event) => (run as (event: object) => unknown)(event) });
		};
		if (file.endsWith('+layout.server.ts')) add(`layout ${path}`, module['load']);
		else if (module['load'] !== undefined) add(`load ${path}`, module['load']);
		for (const [name, action] of Object.entries(module.actions ?? {}))
			add(`action ${path}?/${name}`, action);
		for (const method of METHODS) if (module[method]) add(`${method} ${path}`, module[method]);
	}
	return found;
}

/** `src/routes/(admin)/admin/+page.server.ts` is reached at `/admin`; groups do not show. */
function addressOf(file: string): string {
	const parts = posix
		.dirname(file.slice(ROUTES.length).replaceAll('\\', '/'))
		.split('/')
		.filter((part) => part !== '' && !/^\(.*\)$/.test(part));
	return `/${parts.join('/').replace('[x+2e]', '.')}`;
}

/**
 * One letter for what became of a request: `+` it was answered, if only to say that the form is empty · `L` sent to
 * sign in · `J` asked for the join code · `1` 401 · `3` 403 · `N` 403 because they are not active · `4` 404.
 * Anything else is a fault. Of a page's data `shown` says which lists, flags and fields there are, without their words.
 */
export type Outcome = { readonly letter: string; readonly shown: string | null };

export async function outcome(
	scene: Scene,
	{ key, path, run }: Reachable,
	place: Place,
	cookie: string,
	form: Record<string, string>
): Promise<Outcome> {
	const params: Record<string, string> = {};
	for (const [, name = ''] of path.matchAll(/\[\[?([a-z]+)\]?\]/g))
		params[name] = paramOf(name, place);
	const address = path
		.replace(/\/\[\[([a-z]+)\]\]/g, (_, name: string) =>
			place.room === 'main' ? '' : `/${params[name] ?? ''}`
		)
		.replace(/\[([a-z]+)\]/g, (_, name: string) => params[name] ?? '');
	if (place.room === 'main' && /\[\[room\]\]/.test(path)) delete params['room'];
	const isForm = !/^\/(api|internal)\//.test(path);
	const method = key.startsWith('action')
		? 'POST'
		: (METHODS.find((each) => key.startsWith(`${each} `)) ?? 'GET');
	const url = new URL(address, scene.url);
	url.searchParams.set('channel', String(place.booth));
	if (method === 'GET' && /whip-url|transcript$/.test(path)) {
		url.searchParams.set('room', place.room);
		url.searchParams.set('lang', place.lang);
	}
	const hasBody = method !== 'GET';
	const body = isForm ? new URLSearchParams(form) : JSON.stringify({ room: place.room, ...form });
	const headers = { origin: scene.url, cookie, ...(hasBody && !isForm ? JSON_TYPE : {}) };
	const request = new Request(url, { method, headers, ...(hasBody ? { body } : {}) });
	const event = {
		...{ url, params, request, route: { id: path }, isDataRequest: false },
		locals: { app: scene.app, actor: await scene.app.auth.actorFrom(cookie), locale: 'en' },
		...{ cookies: JAR, setHeaders: () => undefined, depends: () => undefined, fetch },
		untrack: (read: () => unknown) => read(),
		parent: async () => ({}),
		getClientAddress: () => '203.0.113.9'
	};
	try {
		const answer = await run(event);
		const isData = !(answer instanceof Response) && !isActionFailure(answer);
		const letter = await letterOf(answer);
		return { letter, shown: isData && method === 'GET' ? shapeOf(answer) : null };
	} catch (thrown) {
		if (isRedirect(thrown))
			return { letter: thrown.location.startsWith('/login') ? 'L' : '+', shown: null };
		if (isHttpError(thrown)) return { letter: status(thrown.status), shown: null };
		throw new Error(`${key} failed`, { cause: thrown });
	}
}

const JSON_TYPE = { 'content-type': 'application/json' };
const JAR = {
	get: () => undefined,
	getAll: () => [],
	set: () => undefined,
	delete: () => undefined,
	serialize: () => ''
};

function paramOf(name: string, place: Place): string {
	const known: Record<string, string> = {
		event: place.event,
		slug: place.event,
		room: place.room,
		lang: place.lang,
		channel: String(place.booth)
	};
	return known[name] ?? 'nothing';
}

async function letterOf(answer: unknown): Promise<string> {
	if (answer instanceof Response) {
		const isInactive = answer.status === 403 && (await answer.text()).includes('"not_active"');
		return isInactive ? 'N' : status(answer.status);
	}
	const data = isActionFailure(answer) ? answer.data : answer;
	// A right may be asked by the service that does the act; then the form says it was refused.
	const code = data && typeof data === 'object' && 'code' in data ? data.code : null;
	if (code === 'not_allowed') return '3';
	if (code === 'not_found') return '4';
	const access = data && typeof data === 'object' && 'access' in data ? data.access : null;
	return access === 'code' || access === 'invite' ? 'J' : '+';
}

function status(code: number): string {
	if (code === 401) return '1';
	if (code === 403) return '3';
	if (code === 404) return '4';
	if (code >= 500 && code !== 503) throw new Error(`answered with ${code}`);
	return '+';
}

/** Which lists, flags and fields some data has; names and times differ from one person to the next. */
function shapeOf(data: unknown): string {
	if (Array.isArray(data)) return `[${data.map(shapeOf).join()}]`;
	if (typeof data === 'boolean' || data === null || data === undefined) return String(data);
	if (typeof data !== 'object' || data instanceof Date) return typeof data;
	const fields = Object.entries(data).map(([name, value]) => `${name}:${shapeOf(value)}`);
	return `{${fields.sort().join()}}`;
}
