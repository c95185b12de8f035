import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Actor, Grant } from '#lib/domain/access/policy.ts';
import { personId, userId, type EventId } from '#lib/domain/ids.ts';
import type { LanguageCode } from '#lib/domain/language.ts';
import { composeApp, type App } from '#lib/server/app.ts';
import type { By } from '#lib/server/events/changes.ts';
import type { FoundEvent } from '#lib/server/events/events.ts';
import type { DatabaseKind } from './databases.ts';

/**
 * A whole portal without its pages: loads and form actions are called with requests as Kit would make them. There is
 * no media server; the desk must do without one.
 */
export type DeskPortal = {
	readonly app: App;
	/** Null for PGlite. */
	readonly databaseUrl: string | null;
	/** How many statements `work` asks the database; what the portal does by itself meanwhile is not counted. */
	countQueries(work: () => Promise<unknown>): Promise<number>;
	stop(): Promise<void>;
};

export async function startDeskPortal(kind: DatabaseKind): Promise<DeskPortal> {
	const folder = mkdtempSync(join(tmpdir(), 'voxbento-desk-'));
	const url = kind.url(await kind.open());
	const counting = new AsyncLocalStorage<{ queries: number }>();
	const http = createServer();
	const app = await composeApp(
		http,
		{
			DATA_DIR: folder,
			...(url === null ? {} : { DATABASE_URL: url }),
			MEDIAMTX_API_BASE: 'http://127.0.0.1:9',
			LOG_LEVEL: 'silent'
		},
		{
			logger: {
				logQuery() {
					const here = counting.getStore();
					if (here) here.queries++;
				}
			}
		}
	);
	http.listen(0, '127.0.0.1');
	await once(http, 'listening');
	return {
		app,
		databaseUrl: url,
		async countQueries(work) {
			const here = { queries: 0 };
			await counting.run(here, work);
			return here.queries;
		},
		async stop() {
			await app.drain();
			rmSync(folder, { recursive: true, force: true });
		}
	};
}

/** An account with these rights, known to the database. */
export async function person(
	app: App,
	name: string,
	grants: readonly Grant[] = []
): Promise<By & { actor: Extract<Actor, { kind: 'user' | 'guest' | 'admin' | 'listener' }> }> {
	const made = await app.auth.createAccount({
		email: `${name}-${crypto.randomUUID()}@example.org`,
		name,
		password: null
	});
	if (!made.ok) throw new Error(made.error.message);
	const user = userId(made.value);
	return {
		actor: { kind: 'user', person: personId(`user:${user}`), user, name, grants },
		address: '203.0.113.7'
	};
}

export const owns = (event: EventId): Grant => ({ role: 'owner', at: { event } });
export const SUPER: Grant = { role: 'super-admin', at: 'platform' };
export const ORGANISER: Grant = { role: 'organiser', at: 'platform' };

/** An event with rooms `main` and `side`, French and German in each. */
export async function makeEvent(app: App, name: string, by: By): Promise<FoundEvent> {
	const languages = ['fr', 'de'] as LanguageCode[];
	const made = await app.organise.createEvent(
		{
			name,
			slug: null,
			timeZone: 'Europe/Berlin',
			rooms: [
				{ name: 'Main', slug: 'main', languages },
				{ name: 'Side', slug: 'side', languages }
			]
		},
		by
	);
	if (!made.ok) throw new Error(made.error.message);
	const found = await app.events.event(made.value.slug);
	if (!found.ok) throw new Error('the event is not found');
	return found.value;
}

/** A request as Kit hands it to a load or an action. */
export function pageRequest(
	app: App,
	actor: Actor,
	params: Record<string, string>,
	{ search = '', form }: { search?: string; form?: Record<string, string> | FormData } = {}
) {
	const url = new URL(`http://portal.test/admin${search}`);
	const body = form === undefined || form instanceof FormData ? form : new URLSearchParams(form);
	return {
		locals: { app, actor, locale: 'en' },
		params,
		url,
		request: new Request(url, body === undefined ? {} : { method: 'POST', body }),
		getClientAddress: () => '203.0.113.7',
		setHeaders: () => undefined,
		depends: () => undefined,
		parent: () => Promise.resolve({})
	};
}

/** What a load or action answers, or the status it throws. */
export async function outcome(
	run: (request: never) => unknown,
	request: unknown
): Promise<{ status: number; location?: string; data?: unknown }> {
	try {
		const data: unknown = await run(request as never);
		const isRefused = typeof data === 'object' && data !== null && 'status' in data;
		return isRefused
			? { status: Number(data.status), data: 'data' in data ? data.data : undefined }
			: { status: 200, data };
	} catch (thrown) {
		if (typeof thrown === 'object' && thrown !== null && 'status' in thrown)
			return {
				status: Number(thrown.status),
				...('location' in thrown ? { location: String(thrown.location) } : {})
			};
		throw thrown;
	}
}

/** Every page of the desk with a load of its own, by the folder it stands in; the parameters are an event and a room. */
export const DESK_PAGES = {
	'+layout': () => import('../../src/routes/(admin)/+layout.server.ts'),
	admin: () => import('../../src/routes/(admin)/admin/+page.server.ts'),
	'admin/events': () => import('../../src/routes/(admin)/admin/events/+page.server.ts'),
	'admin/events/deleted': () =>
		import('../../src/routes/(admin)/admin/events/deleted/+page.server.ts'),
	'admin/events/import': () =>
		import('../../src/routes/(admin)/admin/events/import/+page.server.ts'),
	'admin/events/new': () => import('../../src/routes/(admin)/admin/events/new/+page.server.ts'),
	'event/+layout': () => import('../../src/routes/(admin)/admin/events/[event]/+layout.server.ts'),
	event: () => import('../../src/routes/(admin)/admin/events/[event]/+page.server.ts'),
	'event/rooms': () =>
		import('../../src/routes/(admin)/admin/events/[event]/rooms/+page.server.ts'),
	'event/rooms/room': () =>
		import('../../src/routes/(admin)/admin/events/[event]/rooms/[room]/+page.server.ts'),
	'event/schedule': () =>
		import('../../src/routes/(admin)/admin/events/[event]/schedule/+page.server.ts'),
	'event/settings': () =>
		import('../../src/routes/(admin)/admin/events/[event]/settings/+page.server.ts'),
	'/': () => import('../../src/routes/+page.server.ts')
} as const;
