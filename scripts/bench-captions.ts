/**
 * Measures captions made on this machine: word delays, CPU for each channel, and whether so many channels keep
 * up with real time. `npm run bench:captions -- RECORDING CHANNELS`; the recording may be any file ffmpeg reads.
 * `-- --providers` measures every kind of speech service instead (bench/caption-providers.ts).
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { captionRun } from '../workers/transcriber/caption-run.ts';
import { findFfmpeg } from '../workers/transcriber/find-ffmpeg.ts';
import { modelStore } from '../workers/transcriber/models/store.ts';
import { localProvider } from '../workers/transcriber/providers/local/local.ts';

if (process.argv[2] === '--providers') await import('./bench/caption-providers.ts');

const [recording = 'workers/demo-voices/speech/en.opus', channels = '1'] = process.argv.slice(2);
const count = Number(channels);
const provider = localProvider(modelStore());
const settings = { language: 'en', model: '', key: null, server: null, hints: [] };

const found = await findFfmpeg();
if (!found.ok) throw new Error(found.fault.detail);
const decoded = spawnSync(
	found.path,
	[
		'-v',
		'error',
		'-i',
		recording,
		'-ac',
		'1',
		'-ar',
		String(provider.rateHz),
		'-f',
		's16le',
		'pipe:1'
	],
	{ maxBuffer: 1 << 30 }
);
if (decoded.status !== 0) throw new Error(decoded.stderr.toString());
const pcm = decoded.stdout;
const seconds = pcm.length / 2 / provider.rateHz;

// The model is loaded before the clock runs: a channel that goes on air pays that once a day.
await captionRun(pcm.subarray(0, provider.rateHz * 4), provider, settings);
const before = process.cpuUsage();
const startedAt = Date.now();
const runs = await Promise.all(
	Array.from({ length: count }, async (_, index) => {
		// Speakers do not start together.
		const shift = Math.floor((index * pcm.length) / count / 2) * 2;
		const turned = Buffer.concat([pcm.subarray(shift), pcm.subarray(0, shift)]);
		return captionRun(turned, provider, settings);
	})
);
const used = process.cpuUsage(before);
const took = (Date.now() - startedAt) / 1000;
const cpuSeconds = (used.user + used.system) / 1e6;

const percentile = (values: readonly number[], share: number): number =>
	[...values].sort((a, b) => a - b)[
		Math.min(values.length - 1, Math.floor(values.length * share))
	] ?? NaN;
const first = runs.flatMap((run) => run.firstPartialMs);
const finals = runs.flatMap((run) => run.finalMs);
const faults = runs.flatMap((run) => (run.fault === null ? [] : [run.fault.code]));

process.stdout.write(
	JSON.stringify(
		{
			recording,
			channels: count,
			cores: availableParallelism(),
			load: loadavg()[0],
			realTimeSeconds: Number(seconds.toFixed(1)),
			tookSeconds: Number(took.toFixed(1)),
			cpuPercentOfACorePerChannel: Number(((cpuSeconds / took / count) * 100).toFixed(1)),
			residentMegabytes: Math.round(process.memoryUsage().rss / 1e6),
			firstPartialMs: {
				median: percentile(first, 0.5),
				p95: percentile(first, 0.95),
				count: first.length
			},
			finalMs: {
				median: percentile(finals, 0.5),
				p95: percentile(finals, 0.95),
				count: finals.length
			},
			faults
		},
		null,
		2
	) + '\n'
);
