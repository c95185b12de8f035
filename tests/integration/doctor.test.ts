import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import type { Incident, Report } from '#lib/domain/doctor/finding.ts';
import type { BoothId } from '#lib/domain/ids.ts';
import type { MediaPath } from '#lib/domain/media-path.ts';
import { diagnose, examine, mend } from '#lib/server/doctor/doctor.ts';
import { adminLogin } from '#lib/server/doctor/portal-checks.ts';
import { booths, events } from '#lib/server/db/schema.ts';
import { freePorts } from '../support/free-port.ts';
import { startPlane, type Plane } from '../support/plane.ts';
import { runScript } from '../support/run-script.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { mutedVoice, toneVoice } from '../support/voices.ts';
import { publish } from '../support/webrtc/whip-publisher.ts';

const FR = 'conf/fr' as MediaPath;
const codes = ({ findings }: Report) => findings.map((one) => one.code);

/** Runbook incidents on a running portal, broken in exactly the way each one describes. */
function withDoctor(name: string, binary: string | null): void {
	describe(`the doctor of a portal with ${name}`, () => {
		let plane: Plane;
		beforeAll(async () => {
			plane = await startPlane(binary);
		});
		afterAll(() => plane.stop());

		async function ask(incident: Incident, booth: BoothId, who: string | null = null) {
			const found = await plane.app().events.boothById(booth);
			if (!found.ok) throw new Error('no booth');
			return diagnose(plane.app(), { incident, channel: found.value, who });
		}

		it('finds nothing on a healthy system', async () => {
			const report = await examine(plane.app());
			expect(report.findings).toEqual([]);
			expect(report.facts.join('\n')).toMatch(/strangers may 401\/401, our ticket 201/);
		});

		it('IC-01 and IC-02 · nobody has gone live yet', async () => {
			expect(codes(await ask('IC-01', plane.booths.fr))).toEqual(['booth_empty']);
			expect(codes(await ask('IC-02', plane.booths.fr))).toEqual(['nobody_on_air']);
			const ana = await plane.sit(plane.booths.fr, 'Ana');
			expect(codes(await ask('IC-01', plane.booths.fr))).toEqual([]);
			expect(codes(await ask('IC-01', plane.booths.fr, 'Ben'))).toEqual(['not_active']);
			expect(codes(await ask('IC-02', plane.booths.fr))).toEqual(['nobody_on_air']);
			await ana.act({ type: 'leave' });
		});

		it('IC-02 · all is well while a voice is on air, and a muted microphone is told', async () => {
			const ana = await plane.sit(plane.booths.fr, 'Ana');
			const speaking = await ana.goLive(await toneVoice(440));
			expect(codes(await ask('IC-02', plane.booths.fr))).toEqual([]);
			speaking.close();
			await ana.act({ type: 'stop' });
			const muted = await ana.goLive(await mutedVoice());
			expect(codes(await ask('IC-02', plane.booths.fr))).toEqual(['channel_silent']);
			muted.close();
			await ana.act({ type: 'leave' });
		});

		it('IC-04 · captions are off, or nobody writes them down', async () => {
			const { db, captions } = plane.app();
			expect(codes(await ask('IC-04', plane.booths.de))).toEqual(['captions_off']);
			await db.update(booths).set({ transcriptionEnabled: true });
			await captions.changed();
			expect(codes(await ask('IC-04', plane.booths.de))).toEqual(['nobody_on_air']);
			await db.update(booths).set({ transcriptionProvider: 'deepgram' });
			await captions.changed();
			expect(codes(await ask('IC-04', plane.booths.de))).toEqual(['captions_refused']);
			await db.update(events).set({ transcriptionApiEnabled: true });
			await captions.changed();
			expect(codes(await ask('IC-04', plane.booths.de))).toEqual(['key_missing']);

			await db.update(booths).set({ transcriptionProvider: 'local' });
			const ben = await plane.sit(plane.booths.de, 'Ben');
			const speaking = await ben.goLive(await toneVoice(440));
			await captions.changed();
			await expect
				.poll(async () => codes(await ask('IC-04', plane.booths.de)), { timeout: 8_000 })
				.toEqual(['worker_missing']);
			speaking.close();
			await ben.act({ type: 'leave' });
			await db.update(booths).set({ transcriptionEnabled: false });
		});

		// From here on nobody mends by himself what is broken on purpose.
		it('IC-01 · a stranger with a stolen token holds the channel, and --fix ends that', async () => {
			await plane.app().reconciler.stop();
			const { tickets } = plane.app();
			const ana = await plane.sit(plane.booths.fr, 'Ana');
			const holder = { seat: 'stolen' as typeof ana.seat };
			const ghost = await publish(
				await tickets.publishTicket({ path: FR, holder }),
				await toneVoice(880)
			);
			ghost.speak();
			await expect
				.poll(async () => codes(await ask('IC-01', plane.booths.fr)))
				.toEqual(['ghost_publisher']);
			expect(await mend(plane.app(), ['end-ghost-publishers'])).toHaveLength(1);
			await expect.poll(async () => codes(await ask('IC-01', plane.booths.fr))).toEqual([]);
			ghost.close();
			await ana.act({ type: 'leave' });
		});

		it('IC-02 · the path is gone or not always available, and --fix makes it again', async () => {
			await plane.app().media.removePath(FR);
			expect(codes(await ask('IC-01', plane.booths.fr))).toEqual(['path_missing', 'booth_empty']);
			expect(codes(await examine(plane.app()))).toEqual(['path_missing']);
			await mend(plane.app(), ['remake-paths']);
			expect(codes(await examine(plane.app()))).toEqual([]);

			const api = plane.app().env.MEDIAMTX_API_BASE;
			const patched = await fetch(`${api}/v3/config/paths/patch/${FR}`, {
				method: 'PATCH',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ alwaysAvailable: false, alwaysAvailableTracks: [] })
			});
			expect(patched.ok).toBe(true);
			await expect.poll(async () => codes(await examine(plane.app()))).toEqual(['path_incomplete']);
			await mend(plane.app(), ['remake-paths']);
			await expect.poll(async () => codes(await examine(plane.app()))).toEqual([]);
		});

		it('IC-01 and IC-02 · browsers are sent to a name that only containers know', async () => {
			const app = plane.app();
			const env = { ...app.env, MEDIAMTX_WHIP_BASE: 'http://mediamtx:8889' };
			expect(codes(await examine({ ...app, env }))).toEqual(['media_url_internal']);
		});

		it('IC-01 and IC-02 · nothing answers at the address browsers are given', async () => {
			const app = plane.app();
			const [free] = await freePorts(1);
			const env = { ...app.env, MEDIAMTX_WHIP_BASE: `http://127.0.0.1:${free}` };
			expect(codes(await examine({ ...app, env }))).toEqual(['media_url_unreachable']);
		});

		it('a media server that lets strangers in is named', async () => {
			const open = createServer((request, response) => {
				const isPost = request.method === 'POST';
				response.writeHead(isPost ? 201 : 200, isPost ? { location: '/session/1' } : {});
				response.end(isPost ? 'a=candidate:1 1 udp 1 127.0.0.1 8189 typ host\r\n' : '');
			}).listen(0, '127.0.0.1');
			await once(open, 'listening');
			const at = open.address();
			const port = typeof at === 'object' && at ? at.port : 0;
			const app = plane.app();
			const env = { ...app.env, MEDIAMTX_WHIP_BASE: `http://127.0.0.1:${port}` };
			const report = await examine({ ...app, env });
			expect(codes(report)).toEqual(['media_open', 'media_open']);
			open.close();
		});

		it('IC-06 · the database misses a migration', async () => {
			const { db } = plane.app();
			const last = sql`(select max(id) from drizzle.__drizzle_migrations)`;
			await db.execute(
				sql`update drizzle.__drizzle_migrations set hash = 'x' || hash where id = ${last}`
			);
			const report = await diagnose(plane.app(), { incident: 'IC-06', channel: null, who: null });
			expect(report.findings).toMatchObject([
				{ code: 'migrations_pending', safeFix: 'apply-migrations' }
			]);
			await db.execute(
				sql`update drizzle.__drizzle_migrations set hash = substr(hash, 2) where id = ${last}`
			);
			expect(codes(await examine(plane.app()))).toEqual([]);
		});

		it('IC-01 and IC-02 · the media server is down', async () => {
			await plane.media.kill();
			for (const incident of ['IC-01', 'IC-02'] as const)
				expect(codes(await ask(incident, plane.booths.fr))).toEqual(['media_server_away']);
			await plane.media.start();
		});
	});
}

withDoctor('the embedded media server', null);
const binary = process.env['MEDIAMTX_BIN'] ?? null;
if (binary !== null) withDoctor('MediaMTX', binary);
else console.log('not run: the doctor with MediaMTX, set MEDIAMTX_BIN to its binary');

describe('npm run doctor', () => {
	let stack: Stack;
	beforeAll(async () => {
		stack = await startStack();
	});
	afterAll(() => stack.stop());

	const doctor = (args: string[], env: Record<string, string>) => runScript('doctor', args, env);
	const here = () => ({ PORT: new URL(stack.url).port, DATA_DIR: stack.dataDir });

	it('says that nothing is wrong, and ends with 0', async () => {
		const { code, out } = await doctor([], here());
		expect(out).toContain('Nothing is wrong here.');
		expect(code).toBe(0);
	});

	it('answers programs in JSON, and ends with 2 when something is wrong', async () => {
		const { code, out } = await doctor(
			['IC-02', '--event', 'demo', '--lang', 'fr', '--json'],
			here()
		);
		expect(codes(JSON.parse(out) as Report)).toEqual(['nobody_on_air']);
		expect(code).toBe(2);
	});

	it('says what an incident needs, and what there is', async () => {
		expect((await doctor(['IC-01'], here())).out).toContain('--event and --lang');
		expect((await doctor(['IC-07'], here())).out).toContain('There is no incident IC-07');
		const unknown = await doctor(['IC-01', '--event', 'demo', '--lang', 'xx'], here());
		expect(unknown.out).toContain('There is no such event, room or booth.');
	});

	it('IC-03 · a WebSocket comes through the public address', async () => {
		const { code, out } = await doctor(['IC-03'], here());
		expect(out).toMatch(/a WebSocket to .*: 101/);
		expect(code).toBe(0);
	});

	it('IC-05 · signs in with the configured password', async () => {
		const { code, out } = await doctor(['IC-05'], here());
		expect(out).toContain('admin_token set');
		expect(code).toBe(0);
	});

	it('no portal: says what is in its way', async () => {
		const [free] = await freePorts(2);
		const empty = mkdtempSync(join(tmpdir(), 'voxbento-doctor-'));
		const away = { PORT: String(free), DATA_DIR: empty };
		expect((await doctor([], away)).out).toContain('Start it: npm start');
		expect((await doctor([], { ...away, DATA_DIR: stack.dataDir })).out).toContain(
			'is in use by process'
		);
		expect((await doctor([], { ...away, ADMIN_PASSWORD: 'short' })).out).toContain(
			'ADMIN_PASSWORD'
		);
		const noServer = { ...away, DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c' };
		expect((await doctor([], noServer)).out).toContain('nothing listens there');
		rmSync(empty, { recursive: true });
	});

	it('IC-05 · the login is off, or its cookie would be dropped', async () => {
		const plane = await startPlane();
		const app = plane.app();
		const off = await adminLogin(app, plane.url);
		expect(codes(off)).toEqual(['admin_login_off']);
		const https = { ...app.env, PUBLIC_BASE_URL: 'https://vb.example.org' };
		expect(codes(await adminLogin({ ...app, env: https }, plane.url))).toEqual([
			'cookies_dropped',
			'admin_login_off'
		]);
		await plane.stop();
	});
});
