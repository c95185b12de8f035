import { describe, expect, test } from 'vitest';
import { isBad, qualityBetween, type UplinkCounters } from './uplink.ts';

const at = (counters: Partial<UplinkCounters>): UplinkCounters => ({
	packetsSent: 0,
	bytesSent: 0,
	packetsLost: null,
	roundTripMs: null,
	jitterMs: null,
	hasCopies: false,
	...counters
});

describe('qualityBetween', () => {
	test('speech at 48 kb/s with one packet in ten lost', () => {
		const quality = qualityBetween(
			at({ packetsSent: 50, bytesSent: 6_000, packetsLost: 0 }),
			at({ packetsSent: 100, bytesSent: 12_000, packetsLost: 5, roundTripMs: 20 }),
			1_000
		);
		expect(quality).toEqual({
			loss: 0.1,
			lostForGood: 0.1,
			roundTripMs: 20,
			bitsPerSecond: 48_000
		});
		expect(isBad(quality)).toBe(true);
	});

	test('with copies that takes two lost in a row', () => {
		const quality = qualityBetween(
			at({ packetsSent: 50, packetsLost: 0, hasCopies: true }),
			at({ packetsSent: 100, packetsLost: 5, hasCopies: true }),
			1_000
		);
		expect(quality.loss).toBeCloseTo(0.1);
		expect(quality.lostForGood).toBeCloseTo(0.01);
		expect(isBad(quality)).toBe(false);
	});

	test('a line that stands still loses nothing', () => {
		const same = at({ packetsSent: 100, packetsLost: 3 });
		expect(qualityBetween(same, same, 1_000).loss).toBe(0);
	});

	test('late packets that turn up again are no negative loss', () => {
		expect(
			qualityBetween(
				at({ packetsSent: 0, packetsLost: 9 }),
				at({ packetsSent: 50, packetsLost: 4 }),
				1_000
			).loss
		).toBe(0);
	});
});
