import { describe, expect, it } from 'vitest';
import {
	countIngest,
	isOverloaded,
	isStalled,
	lossShare,
	NO_INGEST,
	STALLED_MS,
	type Ingest
} from './ingest.ts';

const count = (before: Ingest, session: string | null, packets: number, at: number, lost = 0) =>
	countIngest(before, session, { packets, lost, at });

describe('stalled sound', () => {
	it('is noticed when the packets stand still, counted from when they last grew', () => {
		let ingest = count(NO_INGEST, 's1', 100, 0);
		ingest = count(ingest, 's1', 200, 1_000);
		ingest = count(ingest, 's1', 200, 3_000);
		expect(isStalled(ingest, 1_000 + STALLED_MS)).toBe(false);
		expect(isStalled(ingest, 1_001 + STALLED_MS)).toBe(true);
		expect(isStalled(count(ingest, 's1', 201, 3_600), 3_600)).toBe(false);
	});

	it('is not seen in a first look, however large the counter is', () => {
		expect(isStalled(count(NO_INGEST, 's1', 9_999, 50_000), 50_000)).toBe(false);
	});

	it('starts anew with another session, and is none without one', () => {
		const old = count(NO_INGEST, 's1', 100, 0);
		expect(isStalled(count(old, 's2', 100, 60_000), 60_000)).toBe(false);
		expect(isStalled(count(old, null, 0, 60_000), 60_000)).toBe(false);
	});

	it('is not concluded from a time in which nobody looked', () => {
		const before = count(NO_INGEST, 's1', 100, 0);
		expect(isStalled(count(before, 's1', 500, 30_000), 30_000)).toBe(false);
	});

	it('is not concluded from an answer that came late', () => {
		const newer = count(count(NO_INGEST, 's1', 100, 0), 's1', 300, 2_000);
		expect(count(newer, 's1', 200, 1_000)).toBe(newer);
	});
});

describe('lost uplink', () => {
	const playback = (seconds: number, lostEachSecond: (second: number) => number): Ingest => {
		let ingest = NO_INGEST;
		let [packets, lost] = [0, 0];
		for (let second = 0; second <= seconds; second++) {
			ingest = count(ingest, 's1', packets, second * 1_000, lost);
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
		let ingest = count(NO_INGEST, 's1', 0, 0);
		ingest = count(ingest, 's1', 10, 400, 10);
		expect(isOverloaded(ingest)).toBe(false);
		ingest = count(ingest, 's1', 40, 1_000, 0);
		expect(lossShare(ingest)).toBe(0);
	});

	it('does not remember more than its window', () => {
		expect(playback(600, () => 0).counts.length).toBeLessThanOrEqual(7);
	});
});
