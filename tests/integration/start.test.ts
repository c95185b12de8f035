import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ffmpeg } from '../support/ffmpeg.ts';
import {
	dataFolder,
	linkOf,
	npmStart,
	startPorts,
	untilReady,
	type StartPorts
} from '../support/npm-start.ts';
import { startProcess, type RunningProcess } from '../support/running-process.ts';
import { levelDbfs } from '../support/sound-level.ts';

const LIMIT_MS = 360_000;
const STOP_MS = 20_000;
const LINKS = ['Listen', 'Interpreter 1', 'Interpreter 2', 'Floor console', 'Admin'];
const folder = dataFolder();
const data = path.join(folder.path, 'data');
let ports: StartPorts;
let start: RunningProcess;

beforeAll(async () => (ports = await startPorts()));
afterAll(async () => {
	await start.stop(STOP_MS);
	folder.remove();
});

async function begin(...options: string[]): Promise<string> {
	start = npmStart(ports, ['--data', data, ...options]);
	return untilReady(start);
}

const portalUrl = () => `http://localhost:${ports.portal}`;
const health = async (): Promise<number> =>
	((await (await fetch(`${portalUrl()}/healthz`)).json()) as { uptime_s: number }).uptime_s;
const mediaStarted = async (): Promise<string> =>
	((await (await fetch(`http://127.0.0.1:${ports.api}/v3/info`)).json()) as { started: string })
		.started;

/** `npm run token`, as a person types it, and from it the address to hear a channel. */
async function rtspOf(channel: string): Promise<string> {
	const token = startProcess(process.execPath, ['scripts/token.js', 'read', channel], {
		env: { DATA_DIR: data, PORT: String(ports.portal) }
	});
	await token.ended;
	return /^rtsp\s+(\S+)$/m.exec(token.output())?.[1] ?? token.output();
}

/** Loudness of what a channel sends, in dBFS over a second and a half. */
async function loudness(channel: string): Promise<number> {
	const input = ['-rtsp_transport', 'tcp', '-i', await rtspOf(channel), '-t', '1.5'];
	const pcm = await ffmpeg([...input, '-ac', '1', '-ar', '48000', '-f', 'f32le', 'pipe:1']);
	return levelDbfs(
		new Float32Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.byteLength))
	);
}

/** Waits for speech: a pause between two sentences is no fault. */
const untilHeard = (channel: string) =>
	eventually(`${channel} speaks`, async () => (await loudness(channel)) > -40, {
		withinMs: 60_000
	});

describe('npm start', () => {
	let first: string;

	test(
		'prints links that work, and a password',
		async () => {
			first = await begin();
			for (const label of LINKS) {
				const answer = await fetch(linkOf(first, label));
				expect(answer.status, label).toBe(200);
			}
			expect(first).toMatch(/password: [a-z2-9]{4}(-[a-z2-9]{4}){3} /);
			expect(first).toMatch(/Join code for listeners: [A-Z2-9]{6}/);
		},
		LIMIT_MS
	);

	test(
		'every channel of the demo speaks by itself',
		async () => {
			for (const channel of ['floor', 'en', 'de', 'fr', 'ar']) await untilHeard(`demo/${channel}`);
		},
		LIMIT_MS
	);

	test(
		'a part that dies comes back, and the others go on',
		async () => {
			const mediaBefore = await mediaStarted();
			const uptime = await health();
			const portal = portalPid();
			process.kill(portal, 'SIGKILL');
			await eventually('another portal answers', async () => (await health()) < uptime, {
				withinMs: 60_000
			});
			expect(portalPid()).not.toBe(portal);
			expect(await mediaStarted()).toBe(mediaBefore);
			expect(start.output()).toMatch(
				/The portal was ended by SIGKILL; starting it again in 0\.5 s\./
			);
		},
		LIMIT_MS
	);

	test(
		'one Ctrl-C ends all of it',
		async () => {
			// As under npm, where it comes from the terminal and from npm.
			process.kill(start.pid, 'SIGINT');
			process.kill(start.pid, 'SIGINT');
			expect(await start.ended).toEqual({ code: 0, signal: null });
			await expect(health()).rejects.toThrow();
			await expect(mediaStarted()).rejects.toThrow();
		},
		STOP_MS
	);

	test(
		'a second start has the same links and keeps the password to itself',
		async () => {
			const second = await begin();
			for (const label of LINKS) expect(linkOf(second, label)).toBe(linkOf(first, label));
			expect(second).toMatch(/password: as at the first start; it is kept in .*admin-password/);
		},
		LIMIT_MS
	);

	test(
		'a start that was killed leaves nothing that holds the next one up',
		async () => {
			const orphan = portalPid();
			await start.kill();
			process.kill(orphan, 0);
			expect(await begin()).toContain('Ending what an earlier start left running');
			expect(() => process.kill(orphan, 0)).toThrow('ESRCH');
			await start.stop(STOP_MS);
		},
		LIMIT_MS
	);
});

describe('npm start -- --lan', () => {
	test(
		'opens pages and sound over HTTPS, by a certificate of its own authority',
		async () => {
			const output = await begin(
				'--lan',
				'--lan-address',
				'127.0.0.1',
				'--lan-port',
				String(ports.lan)
			);
			const base = `https://127.0.0.1:${ports.lan}`;
			expect(linkOf(output, 'Listen')).toMatch(`${base}/listener/demo?code=`);
			expect(output).toContain(`can now reach ${base} (pages, sign-in) and port ${ports.ice}`);

			const ca = readFileSync(path.join(data, 'lan', 'authority.crt'), 'utf8');
			expect(new X509Certificate(ca).ca).toBe(true);
			const agent = new Agent({ ca });
			const statusOf = (address: string, method = 'GET') =>
				new Promise<number | undefined>((resolve, reject) => {
					const asked = request(base + address, { agent, method }, (answer) => {
						answer.resume();
						resolve(answer.statusCode);
					});
					asked.once('error', reject).end();
				});
			expect(await statusOf(new URL(linkOf(output, 'Listen')).pathname)).toBe(200);
			// The media server's own answer to somebody without a token.
			expect(await statusOf('/demo/en/whep', 'POST')).toBe(401);
			expect(await statusOf('/internal/events', 'POST')).toBe(404);
			await untilHeard('demo/en');
		},
		LIMIT_MS
	);
});

/** The processes a start wrote down stand there in the order in which it starts them. */
function portalPid(): number {
	const { parts }: { parts: { pid: number }[] } = JSON.parse(
		readFileSync(path.join(data, 'start.lock'), 'utf8')
	);
	const [portal] = parts;
	if (portal === undefined) throw new Error('no portal runs');
	return portal.pid;
}
