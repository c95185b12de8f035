import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CaptionFault } from '#lib/domain/captions/fault.ts';
import { pullSound, type SoundPull } from '../../workers/transcriber/ffmpeg.ts';
import { pcmMs, rootMeanSquare, toFloats } from '../../workers/transcriber/pcm.ts';
import { speechProviders } from '../../workers/transcriber/providers/registry.ts';
import { isFault, speechEngine } from '../../workers/transcriber/speech-engine.ts';
import { startTranscriber } from '../../workers/transcriber/transcriber.ts';
import type { RunningMediaServer } from '../contracts/media-server/running-media-server.ts';
import { stageOn, type Stage } from '../contracts/media-server/stage.ts';
import { startEmbedded } from '../contracts/media-server/start-embedded.ts';
import { startFakePortal } from '../fakes/portal.ts';
import { eventually } from '../support/eventually.ts';
import { ffmpegPath } from '../support/ffmpeg.ts';
import { opusFramesOfOgg } from '../../workers/demo-voices/ogg-opus.ts';
import { localModels } from '../support/speech-model.ts';
import { toneVoice } from '../support/voices.ts';
import { words } from '../support/word-error-rate.ts';

/** The ffmpeg inside the npm package is of 2018; every option must mean the same to it. */
const packaged = String(
	(createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: unknown }).path
);
const models = localModels();
const canRecognise = models !== null && !isFault(speechEngine());

describe('a channel’s sound', () => {
	let server: RunningMediaServer;
	let stage: Stage;
	const pulls: SoundPull[] = [];

	beforeAll(async () => {
		server = await startEmbedded();
		stage = stageOn(server);
	});
	afterEach(async () => {
		for (const pull of pulls.splice(0)) pull.end();
		await stage.clear();
	});
	afterAll(() => server.stop());

	const url = async (path: string, allowed = path): Promise<string> => {
		const token = await server.tokens.sign([{ action: 'read', path: allowed }]);
		return `${server.rtspBase}/${path}?token=${token}`;
	};
	const pulled = (address: string, ffmpeg: string, rateHz = 16_000) => {
		const chunks: Buffer[] = [];
		const ends: (CaptionFault | null)[] = [];
		const pull = pullSound(
			{ ffmpeg, url: address, rateHz },
			{ audio: (pcm) => void chunks.push(Buffer.from(pcm)), ended: (why) => void ends.push(why) }
		);
		pulls.push(pull);
		return {
			ends,
			ms: () => pcmMs(Buffer.concat(chunks), rateHz),
			/** Loudness of the last half second. */
			loudness: () => rootMeanSquare(toFloats(Buffer.concat(chunks).subarray(-rateHz)))
		};
	};

	it.each([
		['this machine’s ffmpeg', ffmpegPath(), 16_000],
		['the npm package’s ffmpeg', packaged, 24_000]
	])('is pulled by %s, silence and voice', async (_name, ffmpeg, rateHz) => {
		const path = await stage.channel();
		const sound = pulled(await url(path), ffmpeg, rateHz);
		await eventually('silence', () => sound.ms() > 600, { withinMs: 20_000 });
		expect(sound.loudness()).toBeLessThan(0.01);
		(await stage.publish(path, await toneVoice(440))).speak();
		await eventually('the voice', () => sound.loudness() > 0.1, { withinMs: 20_000 });
		expect(sound.ends).toEqual([]);
	});

	it('is refused to a token of another channel, and says so', async () => {
		const path = await stage.channel();
		const sound = pulled(await url(path, 'contract/other'), ffmpegPath());
		await eventually('the end', () => sound.ends.length > 0, { withinMs: 20_000 });
		expect(sound.ends).toMatchObject([{ code: 'sound_refused' }]);
		expect(sound.ends[0]?.detail).not.toMatch(/token=ey/);
	});

	it.runIf(canRecognise)(
		'becomes captions at the portal' +
			(canRecognise ? '' : ' (skipped: no local speech model or library here)'),
		async () => {
			if (models === null) return;
			const portal = await startFakePortal();
			const path = await stage.channel();
			const spoken = await readFile('tests/support/speech/old-harbour.opus');
			const voice = { pitchHz: 0, frames: opusFramesOfOgg(spoken) };
			(await stage.publish(path, voice)).speak();
			const address = await url(path);
			const worker = startTranscriber({
				portal: portal.url,
				secret: portal.secret,
				name: 'test',
				version: '1',
				capacity: 1,
				providers: speechProviders(models),
				log: pino({ level: 'silent' }),
				pull: (settings, listener) => pullSound({ ...settings, url: address }, listener)
			});
			portal.offer({
				session: 's1',
				channel: 1,
				path,
				language: 'en',
				provider: 'local',
				model: '',
				key: null,
				server: null,
				hints: [],
				hiddenWords: []
			});
			const first = await eventually('a partial', () => portal.partials[0], { withinMs: 20_000 });
			expect(first.utterance).toBe('s1:1');
			await eventually('a final', () => portal.stored.length > 0, { withinMs: 30_000 });
			await worker.stop();
			await portal.stop();
			const text = new Set(words(await readFile('tests/support/speech/old-harbour.txt', 'utf8')));
			const heard = portal.stored.flatMap((final) => words(final.text));
			expect(heard.length).toBeGreaterThan(8);
			expect(heard.filter((word) => text.has(word)).length / heard.length).toBeGreaterThan(0.7);
			expect(portal.violations).toEqual([]);
		},
		60_000
	);
});
