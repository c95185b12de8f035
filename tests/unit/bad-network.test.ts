import { describe, expect, test } from 'vitest';
import { badWay, type BadNetwork } from '../support/bad-network.ts';

const PACKETS = 20_000;

function arrivals(network: BadNetwork, seed = 1): number[][] {
	const way = badWay(network, seed);
	return Array.from({ length: PACKETS }, (_, n) => way(100, n * 20));
}

describe('a bad network', () => {
	test.each([
		{ kind: 'random', share: 0.1 } as const,
		{ kind: 'bursts', share: 0.05, meanBurst: 3 } as const
	])('loses the share it is told to: $kind', (loss) => {
		const lost = arrivals({ loss }).map((times) => times.length === 0);
		const bursts = lost.filter((isLost, n) => isLost && lost[n - 1] !== true).length;
		const total = lost.filter(Boolean).length;
		expect(total / PACKETS).toBeCloseTo(loss.share, 1.5);
		const mean = loss.kind === 'bursts' ? loss.meanBurst : 1 / (1 - loss.share);
		expect(total / bursts).toBeGreaterThan(mean * 0.9);
		expect(total / bursts).toBeLessThan(mean * 1.1);
	});

	test('does the same again for the same seed', () => {
		const network = { loss: { kind: 'random', share: 0.3 }, jitterMs: 40 } as const;
		expect(arrivals(network)).toEqual(arrivals(network));
		expect(arrivals(network, 2)).not.toEqual(arrivals(network));
	});

	test('delays and doubles', () => {
		const all = arrivals({ jitterMs: 30, duplicates: 0.2 });
		expect(Math.max(...all.flat())).toBeLessThan(30);
		expect(all.filter((times) => times.length === 2).length / PACKETS).toBeCloseTo(0.2, 1.5);
	});

	test('queues what is more than its rate, and loses what does not fit', () => {
		// 100 bytes every 20 ms are 40 kb/s.
		const all = arrivals({ rate: { bitsPerSecond: 20_000, queueMs: 200 } });
		expect(Math.max(...all.flat())).toBeLessThanOrEqual(200);
		expect(all.filter((times) => times.length === 0).length / PACKETS).toBeCloseTo(0.5, 1.5);
	});
});
