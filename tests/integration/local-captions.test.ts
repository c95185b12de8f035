import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { captionRun, type CaptionRun } from '../../workers/transcriber/caption-run.ts';
import { localProvider } from '../../workers/transcriber/providers/local/local.ts';
import { isFault, speechEngine } from '../../workers/transcriber/speech-engine.ts';
import { ffmpeg } from '../support/ffmpeg.ts';
import { localModels, sharedRecording } from '../support/speech-model.ts';
import { TWO_CITIES } from '../support/two-cities.ts';
import { wordErrorRate } from '../support/word-error-rate.ts';

const models = localModels();
const recording = sharedRecording('two_cities.wav');
const loads = !isFault(speechEngine());

// Faster than anybody speaks, and slow enough for a machine that has other things to do.
const SPEED = 2;

const pcm = (file: string, ...filters: string[]): Promise<Buffer> =>
	ffmpeg(['-i', file, ...filters, '-ac', '1', '-ar', '16000', '-f', 's16le', 'pipe:1']);

describe('captions made on this machine', () => {
	if (models === null) {
		it.skip('skipped: no local speech model here; npm run models -- fetch moonshine-tiny-en', () => {
			expect(models).not.toBeNull();
		});
		return;
	}
	if (!loads) {
		it.skip('skipped: the native speech library does not load here', () =>
			expect(loads).toBe(true));
		return;
	}
	const provider = localProvider(models);
	const settings = { language: 'en', model: '', key: null, server: null, hints: [] };
	const run = (sound: Buffer): Promise<CaptionRun> =>
		captionRun(sound, provider, settings, { speed: SPEED });

	it.runIf(recording !== null)(
		'of a reader who hardly pauses have at most one word in ten wrong' +
			(recording === null ? ' (skipped: ../shared/speech is not here)' : ''),
		async () => {
			const { captions, firstPartialMs, fault } = await run(await pcm(recording ?? ''));
			expect(fault).toBeNull();
			expect(wordErrorRate(TWO_CITIES, captions.join(' '))).toBeLessThanOrEqual(0.1);
			expect(firstPartialMs.length).toBeGreaterThan(3);
			expect(Math.max(...captions.map((caption) => caption.length))).toBeLessThanOrEqual(210);
		},
		60_000
	);

	it('of a voice that nothing was tuned on have at most one word in ten wrong', async () => {
		const spoken = readFileSync('tests/support/speech/old-harbour.txt', 'utf8');
		const { captions, fault } = await run(await pcm('tests/support/speech/old-harbour.opus'));
		expect(fault).toBeNull();
		expect(wordErrorRate(spoken, captions.join(' '))).toBeLessThanOrEqual(0.1);
	}, 60_000);

	it('of silence, hiss and music are none', async () => {
		const chord = [220, 277, 330, 440].map((hz) => `0.12*sin(2*PI*${hz}*t)*(1+sin(2*PI*2*t))`);
		const pitch = '220*pow(2,mod(floor(t*4)*7,12)/12)';
		const plucked = `0.3*sin(2*PI*(${pitch})*t)*exp(-6*mod(t,0.25))`;
		const sources = [
			'anullsrc=r=16000:d=6',
			'anoisesrc=r=16000:a=0.1:d=6:seed=1',
			`aevalsrc=exprs='${chord.join('+')}':s=16000:d=6`,
			`aevalsrc=exprs='${plucked}':s=16000:d=6`
		];
		for (const source of sources) {
			const sound = await ffmpeg([
				...['-f', 'lavfi', '-i', source, '-t', '6'],
				...['-ac', '1', '-ar', '16000', '-f', 's16le', 'pipe:1']
			]);
			const { captions } = await captionRun(sound, provider, settings, { speed: 6 });
			expect({ source, captions }).toEqual({ source, captions: [] });
		}
	}, 30_000);
});
