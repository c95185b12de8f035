import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SentClock, SoundClock } from './sound-clock.ts';
import { createVoiceDetector, loudnessDetector } from './vad.ts';
import { createVoiceGate } from './voice-gate.ts';

const RATE_HZ = 16_000;
const FRAME_SAMPLES = 512;

/** Speaks while samples are not zero. */
const obvious = { speaks: (samples: Float32Array) => samples.some((sample) => sample !== 0) };

const frames = (count: number, value: number): Buffer => {
	const samples = new Int16Array(count * FRAME_SAMPLES).fill(value);
	return Buffer.from(samples.buffer);
};

function gated(chunks: readonly Buffer[]) {
	const log: string[] = [];
	const through: Buffer[] = [];
	const gate = createVoiceGate(obvious, RATE_HZ, {
		opened: (at) => log.push(`open ${at}`),
		sound: (pcm) => through.push(Buffer.from(pcm)),
		closed: (at) => log.push(`closed ${at}`)
	});
	let at = 1_000;
	for (const chunk of chunks) {
		gate.push(chunk, at);
		at += chunk.length / 32;
	}
	gate.end();
	return { log, through: Buffer.concat(through) };
}

describe('the voice gate', () => {
	it('holds silence back', () => {
		expect(gated([frames(200, 0)])).toEqual({ log: [], through: Buffer.alloc(0) });
	});

	it('lets speech through with half a second before it, and says when it was heard', () => {
		const { log, through } = gated([frames(50, 0), frames(10, 7), frames(50, 0)]);
		expect(log).toEqual([`open ${1_000 + 34 * 32}`, `closed ${1_000 + 61 * 32}`]);
		// 16 frames of pre-roll, the speech, and the frame in which it was over.
		expect(through.length).toBe(27 * FRAME_SAMPLES * 2);
	});

	it('closes when the sound ends in mid-speech', () => {
		expect(gated([frames(3, 7)]).log).toEqual(['open 1000', `closed ${1_000 + 96}`]);
	});

	it('gives the same however the pipe cuts the sound', () => {
		const whole = Buffer.concat([frames(30, 0), frames(9, 5), frames(40, 0), frames(9, 6)]);
		const expected = gated([whole]);
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1 }), (sizes) => {
				const chunks: Buffer[] = [];
				for (let from = 0, i = 0; from < whole.length; i++) {
					const bytes = (sizes[i % sizes.length] ?? 1) * 2;
					chunks.push(whole.subarray(from, from + bytes));
					from += bytes;
				}
				const cut = gated(chunks);
				expect(cut.through.equals(expected.through)).toBe(true);
				expect(cut.log).toEqual(expected.log);
			}),
			{ numRuns: 30 }
		);
	});
});

describe('voice detectors', () => {
	const noise = (count: number, loudness: number): Float32Array =>
		Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) * loudness);

	it('hear no voice in silence, hum and hiss', () => {
		const detector = createVoiceDetector(RATE_HZ);
		for (let i = 0; i < 60; i++) {
			expect(detector.speaks(new Float32Array(FRAME_SAMPLES))).toBe(false);
			expect(detector.speaks(noise(FRAME_SAMPLES, 0.1))).toBe(false);
		}
	});

	it('take other rates', () => {
		const detector = createVoiceDetector(24_000);
		for (let i = 0; i < 60; i++) expect(detector.speaks(noise(768, 0.05))).toBe(false);
	});

	it('by loudness alone hear what stands out of the noise, for half a second longer', () => {
		const detector = loudnessDetector(RATE_HZ);
		for (let i = 0; i < 60; i++) expect(detector.speaks(noise(FRAME_SAMPLES, 0.002))).toBe(false);
		expect(detector.speaks(noise(FRAME_SAMPLES, 0.2))).toBe(true);
		expect(detector.speaks(noise(FRAME_SAMPLES, 0.002))).toBe(true);
		let answers = 0;
		while (detector.speaks(noise(FRAME_SAMPLES, 0.002))) answers++;
		expect(answers).toBeLessThan(16);
	});
});

describe('the clocks', () => {
	it('count sound that comes in bursts, and begin anew after a gap', () => {
		const clock = new SoundClock(RATE_HZ);
		const second = Buffer.alloc(32_000);
		expect(clock.at(second, 2_000)).toBe(1_000);
		expect(clock.at(second, 2_100)).toBe(2_000);
		expect(clock.at(second, 4_500)).toBe(3_000);
		expect(clock.at(second, 9_000)).toBe(8_000);
	});

	it('tell when a provider’s words were heard, silence in between held back', () => {
		const clock = new SentClock();
		clock.sent(1_000, 10_000);
		clock.sent(1_000, 11_000);
		clock.sent(1_000, 60_000);
		expect([0, 1_500, 2_000, 2_500, 9_999].map((ms) => clock.heardAt(ms))).toEqual([
			10_000, 11_500, 60_000, 60_500, 61_000
		]);
		expect(clock.headAt).toBe(61_000);
	});
});
