/**
 * Processor and memory of caption sessions for each kind of speech service: voice gate, adapter, aggregation,
 * and with `local` the model. `npm run bench:captions -- --providers [SESSIONS] [SECONDS]`. The services are
 * scripted ones in another process; ffmpeg is not counted.
 */
import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { captionRun } from '../../workers/transcriber/caption-run.ts';
import { modelStore } from '../../workers/transcriber/models/store.ts';
import type { SpeechProvider } from '../../workers/transcriber/providers/provider.ts';
import { speechProviders } from '../../workers/transcriber/providers/registry.ts';
import { ffmpeg } from '../../tests/support/ffmpeg.ts';

type Address = { readonly server: string; readonly key: string };
type Row = {
	readonly provider: string;
	readonly cpuPercentOfACorePerSession: number;
	readonly megabytesPerSession: number;
	readonly captions: number;
	readonly faults: readonly string[];
};

const [, sessions = '10', seconds = '20'] = process.argv.slice(2);
const count = Number(sessions);

const servers = spawn(process.execPath, ['--import', 'tsx', 'scripts/bench/speech-servers.ts'], {
	stdio: ['ignore', 'pipe', 'inherit']
});
const line = await new Promise<string>((resolve) =>
	createInterface({ input: servers.stdout }).once('line', resolve)
);
const addresses = JSON.parse(line) as Record<string, Address>;
const rows: Row[] = [];
for (const [name, provider] of speechProviders(modelStore())) {
	const address = addresses[name] ?? null;
	// The compatible server is OpenAI's adapter again.
	if (address === null && name !== 'local') continue;
	rows.push(await measure(provider, address));
}
servers.kill('SIGTERM');
process.stdout.write(
	`${JSON.stringify({ sessions: count, seconds: Number(seconds), cores: availableParallelism(), load: loadavg()[0], rows }, null, 2)}\n`
);
process.exit(0);

async function measure(provider: SpeechProvider, address: Address | null): Promise<Row> {
	const { rateHz, name } = provider;
	const pcm = await ffmpeg([
		...['-stream_loop', '-1', '-i', 'workers/demo-voices/speech/en.opus', '-t', seconds],
		...['-ac', '1', '-ar', String(rateHz), '-f', 's16le', 'pipe:1']
	]);
	const settings = {
		language: 'en',
		model: '',
		key: address?.key ?? null,
		server: address?.server ?? null,
		hints: []
	};
	const run = (sound: Buffer) => captionRun(sound, provider, settings);
	// The model is loaded, and code compiled, before the clock runs.
	await run(pcm.subarray(0, rateHz * 2 * 4));
	globalThis.gc?.();
	const memoryBefore = process.memoryUsage().rss;
	let memoryMost = memoryBefore;
	const watch = setInterval(() => {
		memoryMost = Math.max(memoryMost, process.memoryUsage().rss);
	}, 500);
	const before = process.cpuUsage();
	const startedAt = performance.now();
	const runs = await Promise.all(
		Array.from({ length: count }, async (_, i) => {
			const shift = Math.floor((i * pcm.length) / count / 2) * 2;
			return run(Buffer.concat([pcm.subarray(shift), pcm.subarray(0, shift)]));
		})
	);
	const tookMs = performance.now() - startedAt;
	const { user, system } = process.cpuUsage(before);
	clearInterval(watch);
	const round = (value: number): number => Math.round(value * 10) / 10;
	return {
		provider: name,
		cpuPercentOfACorePerSession: round(((user + system) / 1_000 / tookMs / count) * 100),
		megabytesPerSession: round((memoryMost - memoryBefore) / 1e6 / count),
		captions: runs.reduce((sum, { captions }) => sum + captions.length, 0),
		faults: runs.flatMap(({ fault }) => (fault === null ? [] : [fault.code]))
	};
}
