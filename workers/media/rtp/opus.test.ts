import { describe, expect, test } from 'vitest';
import { FRAME_SAMPLES, opusDurationSamples, SILENT_FRAME } from './opus.ts';

/** A TOC byte of a configuration (RFC 6716 table 2) and a frame count code. */
const toc = (configuration: number, code: number): number => (configuration << 3) | code;

describe('the duration of an Opus packet', () => {
	test.each([
		['SILK 10 ms', [toc(0, 0)], 480],
		['SILK 60 ms', [toc(3, 0)], 2880],
		['SILK 60 ms twice', [toc(3, 1)], 5760],
		['hybrid 20 ms', [toc(15, 0)], 960],
		['CELT 2.5 ms', [toc(16, 0)], 120],
		['CELT 20 ms', [toc(31, 0)], 960],
		['CELT 20 ms, two frames of different size', [toc(31, 2)], 1920],
		['CELT 20 ms, three frames counted', [toc(31, 3), 3], 2880]
	])('%s', (_, bytes, samples) => {
		expect(opusDurationSamples(Uint8Array.from(bytes))).toBe(samples);
	});

	test.each([
		['nothing', []],
		['no frames', [toc(31, 3), 0]],
		['a count that is missing', [toc(31, 3)]],
		['more than 120 ms', [toc(31, 3), 7]]
	])('is 0 for %s', (_, bytes) => {
		expect(opusDurationSamples(Uint8Array.from(bytes))).toBe(0);
	});

	test('of the silent frame is one frame', () => {
		expect(opusDurationSamples(SILENT_FRAME)).toBe(FRAME_SAMPLES);
	});
});
