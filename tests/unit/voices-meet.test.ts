import { describe, expect, test } from 'vitest';
import { SEAM_FRAME } from '../../workers/media/rtp/opus.ts';
import { decodeOpus, SAMPLES_PER_FRAME, toneVoice } from '../support/voices.ts';

const CUTS = 24;
const FRAMES_BEFORE = 20;
const FRAMES_AFTER = 4;

/**
 * By how much the loudest of all seams is over the voices, in dB, with `between` at each of them and the
 * newcomer's frames from `first` on.
 */
async function loudestSeamDb(between: readonly Buffer[], first: number): Promise<number> {
	const [from, to] = await Promise.all([toneVoice(300), toneVoice(880)]);
	let loudest = 0;
	for (let n = 0; n < CUTS; n++) {
		const cut = 100 + n * 13;
		const pcm = await decodeOpus([
			...from.frames.slice(cut - FRAMES_BEFORE, cut),
			...between,
			...to.frames.slice(first, first + FRAMES_AFTER)
		]);
		const seam = pcm.subarray((FRAMES_BEFORE - 1) * SAMPLES_PER_FRAME);
		loudest = seam.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), loudest);
	}
	// Both voices are tones of −12 dBFS with a little noise.
	return 20 * Math.log10(loudest / 0.25);
}

describe('two voices in one decoder', () => {
	test('can click where they meet', async () => {
		expect(await loudestSeamDb([], 1)).toBeGreaterThan(8);
	});

	test('click less with the shortest silence between them', async () => {
		expect(await loudestSeamDb([SEAM_FRAME], 1)).toBeLessThan(4);
	});

	test("do not when the newcomer's is its encoder's first frame, too", async () => {
		expect(await loudestSeamDb([SEAM_FRAME], 0)).toBeLessThan(0.5);
	});
});
