import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { serveMediaTokens } from '../../support/media-tokens.ts';
import { startProcess } from '../../support/running-process.ts';
import type { RunningMediaServer } from './running-media-server.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');

type Ready = { readonly http: string; readonly rtsp: string; readonly api: string };

/** Starts `workers/media` as its own process on ports of its own choice. */
export async function startEmbedded(): Promise<RunningMediaServer> {
	const tokens = await serveMediaTokens();
	const dataDir = await mkdtemp(join(tmpdir(), 'media-contract-'));
	const server = startProcess('node', ['--import', 'tsx', 'workers/media/main.ts'], {
		cwd: PROJECT,
		env: {
			MEDIA_HTTP_ADDRESS: '127.0.0.1:0',
			MEDIA_ICE_ADDRESS: '127.0.0.1:0',
			MEDIA_RTSP_ADDRESS: '127.0.0.1:0',
			MEDIA_API_ADDRESS: '127.0.0.1:0',
			MEDIA_JWKS_URL: tokens.jwksUrl,
			MEDIA_JWT_ISSUER: tokens.issuer,
			MEDIA_JWT_AUDIENCE: tokens.audience,
			MEDIA_DATA_DIR: dataDir
		}
	});
	async function removeTraces(): Promise<void> {
		await tokens.close();
		await rm(dataDir, { recursive: true, force: true });
	}
	try {
		const { http, rtsp, api } = await eventually(
			'the embedded media server says it is ready',
			() => readyLine(server.output()),
			{ withinMs: 20_000 }
		);
		return {
			kind: 'embedded',
			pid: server.pid,
			tokens,
			webrtcBase: http,
			apiBase: api,
			rtspBase: rtsp,
			metricsUrl: `${api}/metrics`,
			// The server sees a forwarded request as one from outside; its sockets are on loopback here.
			outsideHeaders: { 'x-forwarded-for': '203.0.113.9' },
			async stop() {
				try {
					await server.stop();
				} finally {
					await removeTraces();
				}
			}
		};
	} catch (error) {
		await server.kill();
		await removeTraces();
		throw new Error(`it did not come up:\n${server.output()}`, { cause: error });
	}
}

function readyLine(output: string): Ready | undefined {
	const line = output.split('\n').find((each) => each.includes('"media server ready"'));
	return line === undefined ? undefined : (JSON.parse(line) as Ready);
}
