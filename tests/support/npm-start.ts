import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually.ts';
import { freePorts } from './free-port.ts';
import { startProcess, type RunningProcess } from './running-process.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** A clone builds first where nobody did before. */
const READY_WITHIN_MS = 300_000;

/** Ports of one start, so that several can be tried on one machine. */
export type StartPorts = {
	readonly portal: number;
	readonly lan: number;
	readonly http: number;
	readonly ice: number;
	readonly rtsp: number;
	readonly api: number;
};

export async function startPorts(): Promise<StartPorts> {
	const [portal = 0, lan = 0, http = 0, ice = 0, rtsp = 0, api = 0] = await freePorts(6);
	return { portal, lan, http, ice, rtsp, api };
}

/** A data folder that is gone after `remove`. */
export function dataFolder(): { readonly path: string; remove(): void } {
	const made = mkdtempSync(path.join(tmpdir(), 'voxbento-start-'));
	return { path: made, remove: () => rmSync(made, { recursive: true, force: true }) };
}

/** `npm start` as a person types it, without npm in between: same script, same options. */
export function npmStart(
	ports: StartPorts,
	options: readonly string[],
	env: Record<string, string> = {}
): RunningProcess {
	return startProcess(
		process.execPath,
		['scripts/start.js', '--port', String(ports.portal), ...options],
		{
			cwd: ROOT,
			env: {
				MEDIA_HTTP_ADDRESS: `127.0.0.1:${ports.http}`,
				MEDIA_ICE_ADDRESS: `127.0.0.1:${ports.ice}`,
				MEDIA_RTSP_ADDRESS: `127.0.0.1:${ports.rtsp}`,
				MEDIA_API_ADDRESS: `127.0.0.1:${ports.api}`,
				// No test waits for a download.
				STT_FETCH: '',
				...env
			}
		}
	);
}

/** Waits for the links. @throws with the output when the start ends before */
export async function untilReady(start: RunningProcess): Promise<string> {
	const died = start.ended.then(({ code }) => {
		throw new Error(`ended with ${code}:\n${start.output()}`);
	});
	died.catch(() => undefined);
	await Promise.race([
		eventually('the links are printed', () => start.output().includes('Stop with Ctrl-C'), {
			withinMs: READY_WITHIN_MS
		}),
		died
	]);
	return start.output();
}

/** The link that stands behind `label` in what a start printed. */
export function linkOf(output: string, label: string): string {
	const link = new RegExp(`^\\s*${label}[^\\n]*?\\s(https?://\\S+)$`, 'm').exec(output)?.[1];
	if (link === undefined) throw new Error(`no link "${label}" in:\n${output}`);
	return link;
}
