import { describe, expect, it } from 'vitest';
import {
	countBytes,
	countPackets,
	isOverloaded,
	isStalled,
	lossShare,
	NO_INGEST,
	STALLED_MS,
	type Ingest
} from './ingest.ts';

describe('stalled sound', () => {
	it('is noticed when the bytes stand still, counted from when they last grew', () => {
		let ingest = countBytes(NO_INGEST, 's1', 100, 0);
		ingest = countBytes(ingest, 's1', 200, 1_000);
		ingest = countBytes(ingest, 's1', 200, 3_000);
		expect(isStalled(ingest, 1_000 + STALLED_MS)).toBe(false);
		expect(isStalled(ingest, 1_001 + STALLED_MS)).toBe(true);
		expect(isStalled(countBytes(ingest, 's1', 201, 3_600), 3_600)).toBe(false);
	});

	it('is not seen in a first look, however large the counter is', () => {
		const first = countBytes(NO_INGEST, 's1', 9_999, 50_000);
		expect(isStalled(first, 50_000)).toBe(false);
	});

	it('starts anew with another session, and is none without one', () => {
		const old = countBytes(NO_INGEST, 's1', 100, 0);
		expect(isStalled(countBytes(old, 's2', 100, 60_000), 60_000)).toBe(false);
		expect(isStalled(countBytes(old, null, 0, 60_000), 60_000)).toBe(false);
	});

	it('is not concluded from a time in which nobody looked', () => {
		const before = countBytes(NO_INGEST, 's1', 100, 0);
		const after = countBytes(before, 's1', 500, 30_000);
		expect(isStalled(after, 30_000)).toBe(false);
	});
});

describe('lost uplink', () => {
	const playback = (seconds: number, lostEachSecond: (second: number) => number): Ingest => {
		let ingest = countBytes(NO_INGEST, 's1', 0, 0);
		let [packets, lost] = [0, 0];
		for (let second = 0; second <= seconds; second++) {
			ingest = countPackets(ingest, { at: second * 1_000, packets, lost });
			packets += 50 - lostEachSecond(second);
			lost += lostEachSecond(second);
		}
		return ingest;
	};

	it('is the share of five seconds', () => {
		expect(lossShare(playback(10, () => 5))).toBeCloseTo(0.1);
		expect(isOverloaded(playback(10, () => 5))).toBe(true);
		expect(isOverloaded(playback(10, () => 2))).toBe(false);
	});

	it('is forgotten when it is over', () => {
		const bad = (second: number) => (second < 5 ? 25 : 0);
		expect(isOverloaded(playback(5, bad))).toBe(true);
		expect(isOverloaded(playback(8, bad))).toBe(true);
		expect(isOverloaded(playback(10, bad))).toBe(false);
	});

	it('is not judged from a few packets, nor from counters that went back', () => {
		let ingest = countPackets(NO_INGEST, { at: 0, packets: 0, lost: 0 });
		ingest = countPackets(ingest, { at: 400, packets: 10, lost: 10 });
		expect(isOverloaded(ingest)).toBe(false);
		ingest = countPackets(ingest, { at: 1_000, packets: 40, lost: 0 });
		expect(lossShare(ingest)).toBe(0);
	});

	it('does not remember more than its window', () => {
		expect(playback(600, () => 0).counts.length).toBeLessThanOrEqual(7);
	});
});
