import { statfs } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sql } from 'drizzle-orm';
import type { Finding, Report } from '#lib/domain/doctor/finding.ts';
import { migrationStatus, rowsOf } from '../db/database.ts';
import { users } from '../db/schema.ts';
import type { DoctorParts } from './media-checks.ts';

const TIMEOUT_MS = 5_000;
const LOOP_WATCH_MS = 800;
/** Socket.IO's ping waits five seconds; well before that pages begin to flicker. */
const LOOP_SLOW_MS = 500;
const CLOCK_OFF_MS = 5_000;
const DISK_LEFT_BYTES = 500_000_000;

/** IC-06: is the database there, may it be written, is it of this version, and is there room? */
export async function database({ db, env }: DoctorParts): Promise<Report> {
	const kind = env.DATABASE_URL ? 'Postgres' : 'PGlite';
	const findings: Finding[] = [];
	const facts: string[] = [];
	try {
		const [row] = rowsOf<{ standby: boolean; readonly: string; now: Date | string }>(
			await db.execute(
				sql`select pg_is_in_recovery() as standby, current_setting('default_transaction_read_only') as readonly, clock_timestamp() as now`
			)
		);
		const offMs = row ? new Date(row.now).getTime() - Date.now() : 0;
		const { applied, pending } = await migrationStatus(db);
		facts.push(`database: ${kind}, ${applied} migrations applied, ${pending.length} pending`);
		if (row?.standby || row?.readonly === 'on')
			findings.push({
				code: 'database_read_only',
				level: 'fault',
				about: kind,
				says: 'The database may only be read: nothing that anybody does is kept.',
				fix: 'DATABASE_URL names a standby, or default_transaction_read_only is on: name the primary.'
			});
		if (pending.length > 0)
			findings.push({
				code: 'migrations_pending',
				level: 'fault',
				about: kind,
				says: `The database misses ${pending.length} migration(s) of this version.`,
				fix: 'npm run db:migrate, or npm run doctor -- --fix.',
				safeFix: 'apply-migrations'
			});
		if (Math.abs(offMs) > CLOCK_OFF_MS)
			findings.push({
				code: 'clock_wrong',
				level: 'fault',
				about: 'clock',
				says: `The clocks of portal and database are ${Math.round(Math.abs(offMs) / 1000)} s apart: tokens and deadlines go wrong.`,
				fix: 'Set both machines by NTP.'
			});
	} catch (error) {
		const why = error instanceof Error ? (error.cause ?? error) : error;
		findings.push({
			code: 'database_away',
			level: 'fault',
			about: kind,
			says: `The database does not answer (${why instanceof Error ? why.message : String(why)}). Pages fail; who is on air stays on air.`,
			fix: 'Check that it runs and that DATABASE_URL leads there (docker compose logs db --tail=50).'
		});
	}
	const disk = await statfs(env.DATA_DIR).catch(() => null);
	if (disk !== null && disk.bavail * disk.bsize < DISK_LEFT_BYTES)
		findings.push({
			code: 'disk_full',
			level: 'warning',
			about: env.DATA_DIR,
			says: `Only ${Math.round((disk.bavail * disk.bsize) / 1e6)} MB are left on the disk of the data folder.`,
			fix: 'Make room before the database stops.'
		});
	return { facts, findings };
}

/** IC-03: does a WebSocket come through the public address, and is this process quick enough to keep it? */
export async function sockets({ env }: DoctorParts): Promise<Report> {
	const loop = monitorEventLoopDelay({ resolution: 10 });
	loop.enable();
	const [status] = await Promise.all([
		upgrade(env.PUBLIC_BASE_URL),
		new Promise((resolve) => setTimeout(resolve, LOOP_WATCH_MS))
	]);
	loop.disable();
	const slowestMs = loop.max / 1e6;
	const findings: Finding[] = [];
	if (typeof status === 'string')
		findings.push({
			code: 'public_url_unreachable',
			level: 'fault',
			about: env.PUBLIC_BASE_URL,
			says: `The portal’s own public address does not answer from here (${status}).`,
			fix: 'Check the proxy and PUBLIC_BASE_URL. Where a machine cannot reach its own public address, try it from a phone.'
		});
	else if (status !== 101)
		findings.push({
			code: 'websocket_blocked',
			level: 'fault',
			about: env.PUBLIC_BASE_URL,
			says: `A WebSocket to the public address is answered with ${status} instead of 101: pages fall back to polling or lose their booth.`,
			fix: 'Let the proxy pass Upgrade and Connection for /socket.io/ and keep idle connections for a minute at least.'
		});
	if (slowestMs > LOOP_SLOW_MS)
		findings.push({
			code: 'portal_slow',
			level: 'fault',
			about: 'portal',
			says: `The portal stood still for ${Math.round(slowestMs)} ms: sockets time out and people seem to leave and come back.`,
			fix: 'Look for another load on this machine, or give the portal more of it.'
		});
	return {
		facts: [
			`a WebSocket to ${env.PUBLIC_BASE_URL}: ${status}`,
			`the portal’s longest standstill in ${LOOP_WATCH_MS / 1000} s: ${slowestMs.toFixed(0)} ms`
		],
		findings
	};
}

/** Status of the answer to a WebSocket handshake (RFC 6455 §4.1), or why there was none. */
function upgrade(base: string): Promise<number | string> {
	const url = new URL('/socket.io/?EIO=4&transport=websocket', base);
	return new Promise((resolve) => {
		const asked = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
			headers: {
				connection: 'Upgrade',
				upgrade: 'websocket',
				'sec-websocket-version': '13',
				'sec-websocket-key': 'dm94YmVudG8gZG9jdG9yIQ=='
			},
			// The certificate of npm start -- --lan is our own; whether browsers trust it is not asked here.
			rejectUnauthorized: false,
			timeout: TIMEOUT_MS
		});
		asked.on('upgrade', (response, socket) => {
			socket.destroy();
			resolve(response.statusCode ?? 101);
		});
		asked.on('response', (response) => {
			response.resume();
			resolve(response.statusCode ?? 0);
		});
		asked.on('timeout', () => asked.destroy(new Error('no answer')));
		asked.on('error', (error) =>
			resolve('code' in error && typeof error.code === 'string' ? error.code : error.message)
		);
		asked.end();
	});
}

/** IC-05: signs in with the configured password, as a browser on this machine would. */
export async function adminLogin({ db, env }: DoctorParts, ownUrl: string): Promise<Report> {
	const findings: Finding[] = [];
	const [row] = await db
		.select({ admins: sql<number>`count(*)::int` })
		.from(users)
		.where(sql`${users.isAdmin} and ${users.isActive}`);
	const facts = [`accounts that are super admins: ${row?.admins ?? 0}`];
	if (
		env.PUBLIC_BASE_URL.startsWith('https:') &&
		env.TLS_CERT === undefined &&
		env.TRUSTED_PROXIES === 0
	)
		findings.push({
			code: 'cookies_dropped',
			level: 'fault',
			about: env.PUBLIC_BASE_URL,
			says: 'The public address is https, yet no proxy is trusted and the portal has no certificate: cookies are marked Secure and browsers drop them over http, so every sign-in seems to fail.',
			fix: 'Set TRUSTED_PROXIES=1 behind a TLS proxy, or TLS_CERT and TLS_KEY, or make PUBLIC_BASE_URL http for a test.'
		});
	if (env.ADMIN_PASSWORD === undefined) {
		findings.push({
			code: 'admin_login_off',
			level: row?.admins === 0 ? 'fault' : 'warning',
			about: '/admin/login',
			says: 'The shared admin password is off: ADMIN_PASSWORD is empty.',
			fix:
				row?.admins === 0
					? 'Set ADMIN_PASSWORD (8 characters at least) and restart; no account is a super admin.'
					: 'Sign in with an account that is a super admin, or set ADMIN_PASSWORD and restart.'
		});
		return { facts, findings };
	}
	const { status, hasCookie } = await signIn(ownUrl, env.ADMIN_PASSWORD, env);
	facts.push(`sign-in with ADMIN_PASSWORD: ${status}${hasCookie ? ', admin_token set' : ''}`);
	if (status === 429)
		findings.push({
			code: 'admin_login_throttled',
			level: 'fault',
			about: '/admin/login',
			says: 'Too many wrong passwords came from this address; even the right one waits now.',
			fix: 'Wait a minute.'
		});
	else if (!hasCookie)
		findings.push({
			code: 'admin_login_fails',
			level: 'fault',
			about: '/admin/login',
			says: `The configured password is answered with ${status} and no admin_token cookie.`,
			fix: 'Look at the portal’s log for this request. Several portals must share one JWT_SECRET.'
		});
	return { facts, findings };
}

type Posted = { readonly status: number; readonly hasCookie: boolean };

/** Posts the login form to this very process; behind a proxy of ours with what that one would add. */
function signIn(ownUrl: string, password: string, env: DoctorParts['env']): Promise<Posted> {
	const seen = new URL(env.TRUSTED_PROXIES > 0 ? env.PUBLIC_BASE_URL : ownUrl);
	const form = new URLSearchParams({ password }).toString();
	const url = new URL('/admin/login', ownUrl);
	return new Promise((resolve, reject) => {
		const asked = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
			method: 'POST',
			headers: {
				'content-type': 'application/x-www-form-urlencoded',
				'content-length': Buffer.byteLength(form),
				origin: seen.origin,
				'x-forwarded-for': '127.0.0.1',
				'x-forwarded-proto': seen.protocol.slice(0, -1),
				'x-forwarded-host': seen.host
			},
			rejectUnauthorized: false,
			timeout: TIMEOUT_MS
		});
		asked.on('response', (response) => {
			response.resume();
			const cookies = response.headers['set-cookie'] ?? [];
			resolve({
				status: response.statusCode ?? 0,
				hasCookie: cookies.some((one) => /^admin_token=[^;]/.test(one))
			});
		});
		asked.on('timeout', () => asked.destroy(new Error('no answer')));
		asked.on('error', reject);
		asked.end(form);
	});
}
