import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { openPglite } from '#lib/server/db/database.ts';
import { serveDeepgram } from '../../tests/fakes/speech/deepgram.ts';
import { openCaptionHall } from '../../tests/support/caption-hall.ts';
import { captionReader } from '../../tests/support/caption-sockets.ts';
import { ffmpeg } from '../../tests/support/ffmpeg.ts';
import { deepgram } from '../../workers/transcriber/providers/deepgram.ts';
import { startTranscriber } from '../../workers/transcriber/transcriber.ts';
import type { SoundListener } from '../../workers/transcriber/ffmpeg.ts';

/**
 * Hours of speech through the caption pipeline at many times real time, to see whether memory stays flat and
 * nothing is lost: sound → voice gate → Deepgram's adapter → a scripted server → worker → portal → database →
 * a page that reads. All of it in this process, so that nothing can hide; the sound comes from memory instead
 * of ffmpeg, which knows no speed but real time.
 *
 * `npm run soak -- --captions --minutes 24 --speed 60` is 24 hours of sound.
 */
const { values } = parseArgs({
	options: {
		captions: { type: 'boolean', default: true },
		minutes: { type: 'string', default: '24' },
		speed: { type: 'string', default: '60' },
		recording: { type: 'string', default: 'tests/support/speech/old-harbour.opus' }
	}
});
const wallMs = Number(values.minutes) * 60_000;
const speed = Number(values.speed);
const FEED_MS = 20;
const RATE_HZ = deepgram.rateHz;
/** Between two rounds of the recording, so that utterances end. */
const PAUSE = Buffer.alloc(RATE_HZ * 2);
const SAMPLES = 60;

const pcm = Buffer.concat([
	await ffmpeg([
		...['-i', values.recording, '-ac', '1'],
		...['-ar', String(RATE_HZ), '-f', 's16le', 'pipe:1']
	]),
	PAUSE
]);

const said: string[] = [];
const speech = await serveDeepgram({
	mishap: 'none',
	get utterances() {
		// One array for each connection; a text is made when it is said.
		return Array.from({ length: 100_000 }, () => ({
			guesses: ['Words', 'Words of', 'Words of utterance'],
			get final() {
				said.push(`Words of utterance ${said.length + 1}.`);
				return said.at(-1) ?? '';
			}
		}));
	}
});

/** The sound of the channel, `speed` times as fast as it was spoken. */
function pull(_settings: unknown, listener: SoundListener) {
	let at = 0;
	const timer = setInterval(() => {
		// A machine that is too slow gets less sound, as its clock shows, and no backlog.
		for (let fedMs = 0; fedMs < speed * FEED_MS; fedMs += FEED_MS) {
			const piece = pcm.subarray(at, at + RATE_HZ * 2 * (FEED_MS / 1_000));
			at = at + piece.length >= pcm.length ? 0 : at + piece.length;
			heardMs += (piece.length / 2 / RATE_HZ) * 1_000;
			listener.audio(Buffer.from(piece));
		}
	}, FEED_MS);
	return {
		end() {
			clearInterval(timer);
			queueMicrotask(() => listener.ended(null));
		}
	};
}
let heardMs = 0;

const folder = mkdtempSync(join(tmpdir(), 'voxbento-soak-'));
const database = await openPglite(folder);
await database.migrate();
const hall = await openCaptionHall(database);
const portal = await hall.portal();
const booth = await hall.channel('soak', {
	on: true,
	provider: 'openai-compatible',
	server: speech.server
});
// The settings' name is one that needs no key; the worker runs Deepgram's adapter under it.
const provider = {
	...deepgram,
	name: 'openai-compatible',
	open: (
		settings: Parameters<typeof deepgram.open>[0],
		listener: Parameters<typeof deepgram.open>[1]
	) => deepgram.open({ ...settings, key: speech.key }, listener)
};
await hall.allowExternal();
await portal.captions.changed();
const reader = await captionReader(portal.url, hall.slug);
await reader.follow(booth);
const worker = startTranscriber({
	portal: portal.url,
	secret: portal.secret,
	name: 'soak',
	version: '1',
	capacity: 1,
	providers: new Map([[provider.name, provider]]),
	log: pino({ level: 'warn' }),
	ffmpeg: async () => ({ ok: true, path: 'none' }),
	pull
});

type Sample = { hours: number; heapMb: number; rssMb: number; finals: number };
const samples: Sample[] = [];
const startedAt = performance.now();
const toMb = (bytes: number): number => Math.round(bytes / 1e5) / 10;
let readFinals = 0;
const phases: Record<string, number> = {};
while (performance.now() - startedAt < wallMs) {
	await new Promise((resolve) => setTimeout(resolve, wallMs / SAMPLES));
	for (const phase of portal.phases) {
		const name = phase.phase === 'retrying' ? phase.fault.code : phase.phase;
		phases[name] = (phases[name] ?? 0) + 1;
	}
	// What the test itself writes down is not the pipeline's.
	readFinals += reader.finals.length;
	for (const list of [reader.finals, reader.partials, portal.partials, portal.phases, portal.said])
		(list as unknown[]).length = 0;
	globalThis.gc?.();
	const { heapUsed, rss } = process.memoryUsage();
	samples.push({
		hours: Math.round(heardMs / 36_000) / 100,
		heapMb: toMb(heapUsed),
		rssMb: toMb(rss),
		finals: said.length
	});
}
await worker.stop();
const stored = await hall.stored();
const late = samples.slice(Math.floor(samples.length / 4));
const half = Math.floor(late.length / 2);
const mean = (all: readonly Sample[], of: (sample: Sample) => number): number =>
	Math.round((all.reduce((sum, sample) => sum + of(sample), 0) / all.length) * 10) / 10;
const isComplete =
	stored.every(({ seq }, i) => seq === i + 1) &&
	JSON.stringify(stored.map(({ text }) => text)) === JSON.stringify(said.slice(0, stored.length)) &&
	said.length - stored.length === 0;
const grown =
	mean(late.slice(half), ({ heapMb }) => heapMb) -
	mean(late.slice(0, half), ({ heapMb }) => heapMb);
process.stdout.write(
	`${JSON.stringify(
		{
			hoursOfSound: Math.round(heardMs / 36_000) / 100,
			wallMinutes: Math.round((performance.now() - startedAt) / 6_000) / 10,
			finalsSaid: said.length,
			finalsStored: stored.length,
			finalsRead: readFinals + reader.finals.length,
			isComplete,
			phases,
			firstWrong: stored.find(({ text }, i) => text !== said[i])?.text ?? null,
			violations: [...speech.violations, ...portal.violations],
			heapMbEarly: mean(late.slice(0, half), ({ heapMb }) => heapMb),
			heapMbLate: mean(late.slice(half), ({ heapMb }) => heapMb),
			rssMbEarly: mean(late.slice(0, half), ({ rssMb }) => rssMb),
			rssMbLate: mean(late.slice(half), ({ rssMb }) => rssMb),
			samples: samples.filter((_, i) => i % 6 === 5)
		},
		null,
		2
	)}\n`
);
reader.close();
await portal.stop();
await speech.close();
await database.close();
rmSync(folder, { recursive: true, force: true });
// The list of texts that were said grows by some 100 bytes each; 5 MB would be something else.
process.exit(isComplete && grown < 5 ? 0 : 1);
