import type { Server } from 'node:http';
import type { Handle, HandleServerError, ServerInit } from '@sveltejs/kit';
import { sequence } from '@sveltejs/kit/hooks';
import { composeApp, type App } from '#lib/server/app.ts';
import { securityHeaders } from '#lib/server/http/security-headers.ts';
import { inReadersLanguage } from '#lib/server/http/language.ts';

const HTTP = Symbol.for('voxbento.http');
const APP = Symbol.for('voxbento.app');

/** Composes the portal once; in development this module is loaded again on every change, the app is not. */
export const init: ServerInit = async () => {
	const http: Server | undefined = Reflect.get(globalThis, HTTP);
	if (!http || Reflect.has(globalThis, APP)) return;
	Reflect.set(globalThis, APP, await composeApp(http, process.env));
};

const withApp: Handle = async ({ event, resolve }) => {
	const app: App = Reflect.get(globalThis, APP);
	event.locals.app = app;
	event.locals.actor = await app.auth.actorFrom(event.request.headers.get('cookie'));
	return resolve(event);
};

/** Outermost, so that its time is what the visitor waited; addresses of no route are counted together. */
const measured: Handle = async ({ event, resolve }) => {
	const startedAt = performance.now();
	const response = await resolve(event);
	const app: App = Reflect.get(globalThis, APP);
	app.metrics.request({
		method: event.request.method,
		route: event.route.id ?? 'none',
		status: response.status,
		seconds: (performance.now() - startedAt) / 1_000
	});
	return response;
};

export const handle = sequence(measured, inReadersLanguage, securityHeaders, withApp);

export const handleError: HandleServerError = ({ error, event, status }) => {
	if (status === 404) return { message: 'Not found', code: 'not_found' };
	event.locals.app.log.error({ err: error, route: event.route.id }, 'request failed');
	// The reader gets no detail of a bug; the log has it.
	return { message: 'Something went wrong here.', code: 'internal' };
};
