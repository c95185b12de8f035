import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DemoEvent } from '#lib/server/events/demo-event.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './free-port.ts';
import { startProcess, type RunningProcess } from './running-process.ts';

/**
 * The whole product as a user runs it: the built portal and the built media server as separate processes,
 * on free ports, with a data folder of their own.
 */
export type Stack = {
	readonly url: string;
	readonly mediaUrl: string;
	readonly mediaApiUrl: string;
	readonly rtspUrl: string;
	readonly dataDir: string;
	readonly adminPassword: string;
	readonly demo: DemoEvent;
	/** SIGKILL and start again, on the same ports and data. */
	readonly portal: Part;
	readonly media: Part;
	/** The caption worker; not running before a test starts it. */
	readonly captions: Part;
	/** One of the verbs of `npm run …`, through the portal's local endpoint. */
	command<T>(name: string, input?: object): Promise<T>;
	stop(): Promise<void>;
};

export type Part = {
	kill(): Promise<void>;
	start(): Promise<void>;
	/** Of the process that runs now. */
	pid(): number;
	output(): string;
};

const ADMIN_PASSWORD = 'e2e admin password';
const ROOT = resolve(import.meta.dirname, '../..');

export async function startStack(env: Record<string, string> = {}): Promise<Stack> {
	const dataDir = mkdtempSync(join(tmpdir(), 'voxbento-stack-'));
	const [port = 0, whip = 0, ice = 0, rtsp = 0, api = 0] = await freePorts(5);
	const url = `http://localhost:${port}`;

	const media = part(() =>
		startProcess(process.execPath, ['build/workers/media.js'], {
			cwd: ROOT,
			env: {
				MEDIA_HTTP_ADDRESS: `127.0.0.1:${whip}`,
				MEDIA_ICE_ADDRESS: `127.0.0.1:${ice}`,
				MEDIA_RTSP_ADDRESS: `127.0.0.1:${rtsp}`,
				MEDIA_API_ADDRESS: `127.0.0.1:${api}`,
				MEDIA_JWKS_URL: `http://127.0.0.1:${port}/.well-known/jwks.json`,
				MEDIA_JWT_ISSUER: 'voxbento',
				MEDIA_JWT_AUDIENCE: 'media',
				MEDIA_DATA_DIR: join(dataDir, 'media'),
				LOG_LEVEL: 'info',
				...env
			}
		})
	);
	const portal = part(() =>
		startProcess(process.execPath, ['src/main.js'], {
			cwd: ROOT,
			env: {
				PORT: String(port),
				HOST: '127.0.0.1',
				DATA_DIR: dataDir,
				ADMIN_PASSWORD,
				PUBLIC_BASE_URL: url,
				MEDIAMTX_WHIP_BASE: `http://localhost:${whip}`,
				MEDIAMTX_API_BASE: `http://127.0.0.1:${api}`,
				MEDIAMTX_RTSP_BASE: `rtsp://127.0.0.1:${rtsp}`,
				LOG_LEVEL: 'info',
				...env
			}
		})
	);
	const captions = part(
		() =>
			startProcess(process.execPath, ['build/workers/transcriber.js'], {
				cwd: ROOT,
				env: {
					PORTAL_URL: `http://127.0.0.1:${port}`,
					DATA_DIR: dataDir,
					STT_FETCH: '',
					LOG_LEVEL: 'info',
					...env
				}
			}),
		/"msg":"connected to the portal"/
	);
	const command = async <T>(name: string, input: object = {}): Promise<T> => {
		const response = await fetch(`http://127.0.0.1:${port}/internal/${name}`, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				authorization: `Bearer ${readFileSync(join(dataDir, 'local.key'), 'utf8')}`
			},
			body: JSON.stringify(input)
		});
		const answer: { ok: boolean; value: T; error?: { message: string } } = await response.json();
		if (!answer.ok) throw new Error(`${name}: ${answer.error?.message}`);
		return answer.value;
	};

	await Promise.all([media.start(), portal.start()]);
	return {
		url,
		mediaUrl: `http://localhost:${whip}`,
		mediaApiUrl: `http://127.0.0.1:${api}`,
		rtspUrl: `rtsp://127.0.0.1:${rtsp}`,
		dataDir,
		adminPassword: ADMIN_PASSWORD,
		demo: await command<DemoEvent>('seed-demo'),
		portal,
		media,
		captions,
		command,
		async stop() {
			await captions.stop();
			await Promise.all([portal.stop(), media.stop()]);
			rmSync(dataDir, { recursive: true, force: true });
		}
	};
}

/** A process that says `"msg":"… ready"` when it can be used. */
function part(
	spawn: () => RunningProcess,
	readyLine = /"msg":"[a-z ]*ready"/
): Part & { stop(): Promise<void> } {
	let running: RunningProcess | null = null;
	let earlier = '';
	return {
		async start() {
			const started = spawn();
			running = started;
			const died = started.ended.then(() => {
				throw new Error(`ended while starting:\n${started.output()}`);
			});
			const ready = eventually('ready line', () => readyLine.test(started.output()), {
				withinMs: 30_000
			});
			await Promise.race([ready, died]);
			died.catch(() => undefined);
		},
		async kill() {
			await running?.kill();
			earlier += running?.output() ?? '';
			running = null;
		},
		async stop() {
			await running?.stop(12_000);
			running = null;
		},
		pid: () => running?.pid ?? 0,
		output: () => earlier + (running?.output() ?? '')
	};
}
