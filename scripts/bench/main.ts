import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { eventually } from '../../tests/support/eventually.ts';
import { startProcess } from '../../tests/support/running-process.ts';
import { stageOn } from '../../tests/contracts/media-server/stage.ts';
import { toneVoice } from '../../tests/support/voices.ts';
import type { RunningMediaServer } from '../../tests/contracts/media-server/running-media-server.ts';
import { cpuSeconds, measure, residentMib, subjects, type MediaFigures } from './media.ts';

/**
 * `npm run bench`: the media server against itself or, with MEDIAMTX_BIN, beside MediaMTX in one run. Prints a
 * table and writes `bench-results/media.json`. Run it on a quiet machine; compare columns, not runs.
 */
const LISTENERS = [100, 200, 400] as const;
const LOAD_SECONDS = 10;

type Load = {
	readonly listeners: number;
	/** Per cent of one core, of the server process alone. */
	readonly cpuPercent: number;
	readonly cpuPercentPer100: number;
	readonly memoryMib: number;
	/** Received by all listeners, per second and listener; 50 is all of it. */
	readonly packetsPerListener: number;
};
type Result = {
	readonly name: string;
	readonly figures: MediaFigures;
	readonly load: readonly Load[];
};

async function carry(server: RunningMediaServer, listeners: number): Promise<Load> {
	const stage = stageOn(server);
	const path = await stage.channel();
	(await stage.publish(path, await toneVoice(440))).speak();
	const { url, token = '' } = await stage.endpoint('whep', path);
	const load = startProcess(process.execPath, [
		...['--import', 'tsx', new URL('readers.ts', import.meta.url).pathname],
		...[url, token, String(listeners)]
	]);
	try {
		await eventually('all listen', () => load.output().includes('ready'), { withinMs: 120_000 });
		const countsFrom = load.output().length;
		const before = cpuSeconds(server.pid);
		const startedAt = performance.now();
		const counts = await eventually(
			'the seconds measured',
			() => {
				const lines = load.output().slice(countsFrom).trim().split('\n');
				return lines.length > LOAD_SECONDS && lines.slice(1, LOAD_SECONDS + 1).map(Number);
			},
			{ withinMs: 60_000 }
		);
		const seconds = (performance.now() - startedAt) / 1000;
		const cpuPercent = ((cpuSeconds(server.pid) - before) / seconds) * 100;
		const perSecond = counts.reduce((sum, count) => sum + count, 0) / counts.length;
		return {
			listeners,
			cpuPercent: Math.round(cpuPercent * 10) / 10,
			cpuPercentPer100: Math.round((cpuPercent / listeners) * 10_000) / 100,
			memoryMib: residentMib(server.pid),
			packetsPerListener: Math.round((perSecond / listeners) * 10) / 10
		};
	} finally {
		await load.kill();
		await stage.clear();
	}
}

const results: Result[] = [];
for (const subject of subjects()) {
	const server = await subject.start();
	const figures = await measure(server);
	const load: Load[] = [];
	for (const listeners of LISTENERS) load.push(await carry(server, listeners));
	await server.stop();
	results.push({ name: subject.name, figures, load });
	console.log(`\n${subject.name}`);
	console.table(figures);
	console.table(load);
}
if (results.length === 1) console.log('MediaMTX: not run (set MEDIAMTX_BIN to compare in one run)');

const [ours, theirs] = results;
if (ours && theirs) {
	const last = LISTENERS.length - 1;
	const ratio = (theirs.load[last]?.cpuPercent ?? NaN) / (ours.load[last]?.cpuPercent ?? NaN);
	console.log(`listeners per core, ours against MediaMTX: ${ratio.toFixed(2)} : 1`);
}
mkdirSync('bench-results', { recursive: true });
writeFileSync(
	'bench-results/media.json',
	JSON.stringify({ at: new Date().toISOString(), cpu: cpus()[0]?.model, results }, null, '\t')
);
// The native library's threads outlive the peers they served.
process.exit(0);
