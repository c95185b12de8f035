import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RtpPacket } from './packet.ts';
import { writeRed } from './red.ts';
import { Repair } from './repair.ts';

const OPUS = 111;
const RED = 63;
const FRAME_SAMPLES = 960;
const MAX_DELAY_PACKETS = 12;

/** Frame `n`: 20 ms of CELT with its number in it. */
function frame(n: number): Buffer {
	return Buffer.from([0xf8, n >> 8, n & 0xff]);
}

const numberOf = ({ payload }: RtpPacket): number => payload.readUInt16BE(1);

/** Packet `n` of a stream, with copies of the `depth` frames before it. */
function packet(
	n: number,
	depth: number,
	first: { sequence: number; timestamp: number }
): RtpPacket {
	const copies = Math.min(depth, n);
	const earlier = Array.from({ length: copies }, (_, i) => copies - i).map((behind) => ({
		offset: behind * FRAME_SAMPLES,
		payload: frame(n - behind)
	}));
	return {
		payloadType: depth === 0 ? OPUS : RED,
		marker: n === 0,
		sequence: (first.sequence + n) & 0xffff,
		timestamp: (first.timestamp + n * FRAME_SAMPLES) >>> 0,
		ssrc: 7,
		payload: depth === 0 ? frame(n) : writeRed({ earlier, primary: frame(n) }, OPUS),
		level: null
	};
}

/** A way with loss, delay and doubles: for each packet when it arrives, or not. */
const way = fc.array(
	fc.oneof(
		{ weight: 7, arbitrary: fc.constant([0]) },
		{ weight: 2, arbitrary: fc.constant([]) },
		{ weight: 1, arbitrary: fc.array(fc.nat(MAX_DELAY_PACKETS), { minLength: 1, maxLength: 3 }) }
	),
	{ minLength: 1, maxLength: 120 }
);
const start = fc.record({
	sequence: fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xffff - 60, max: 0xffff })),
	timestamp: fc.oneof(
		fc.nat(0xffff_ffff),
		fc.integer({ min: 0xffff_ffff - 60_000, max: 0xffff_ffff })
	)
});

describe('repair', () => {
	test('gives every frame of which anything arrived once, under its own numbers', () => {
		fc.assert(
			fc.property(way, fc.nat(3), start, (delays, depth, first) => {
				const arrivals = delays
					.flatMap((copies, n) => copies.map((delay) => ({ n, at: n + delay })))
					.sort((a, b) => a.at - b.at);
				const repair = new Repair(OPUS, RED);
				const heard = arrivals.flatMap(({ n }) => repair.frames(packet(n, depth, first)));
				const numbers = heard.map(numberOf);
				const reachable = new Set(
					arrivals.flatMap(({ n }) =>
						Array.from({ length: Math.min(depth, n) + 1 }, (_, behind) => n - behind)
					)
				);
				expect([...numbers].sort((a, b) => a - b)).toEqual([...reachable].sort((a, b) => a - b));
				for (const each of heard) {
					const n = numberOf(each);
					expect(each.payloadType).toBe(OPUS);
					expect(each.sequence).toBe((first.sequence + n) & 0xffff);
					expect(each.timestamp).toBe((first.timestamp + n * FRAME_SAMPLES) >>> 0);
				}
				const arrived = new Set(arrivals.map(({ n }) => n));
				expect(repair.repaired).toBe(reachable.size - arrived.size);
			}),
			{ numRuns: 500 }
		);
	});

	test('waits for nothing: the frame before a loss, the copy and the frame itself come as they arrive', () => {
		const first = { sequence: 0xffff, timestamp: 0xffff_ff00 };
		const repair = new Repair(OPUS, RED);
		expect(repair.frames(packet(0, 1, first)).map(numberOf)).toEqual([0]);
		expect(repair.frames(packet(2, 1, first)).map(numberOf)).toEqual([1, 2]);
		expect(repair.repaired).toBe(1);
		expect(repair.frames(packet(1, 1, first))).toEqual([]);
		expect(repair.repaired).toBe(0);
	});

	test('takes no RED where none was agreed on, nor what is neither', () => {
		const first = { sequence: 1, timestamp: 1 };
		expect(new Repair(OPUS, null).frames(packet(0, 1, first))).toEqual([]);
		expect(new Repair(OPUS, RED).frames({ ...packet(0, 0, first), payloadType: 9 })).toEqual([]);
	});

	test('begins anew with a new source', () => {
		const first = { sequence: 100, timestamp: 1 };
		const repair = new Repair(OPUS, RED);
		repair.frames(packet(0, 1, first));
		expect(repair.frames({ ...packet(0, 1, first), ssrc: 8 }).map(numberOf)).toEqual([0]);
	});

	test('takes any RED payload without throwing', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(0xffff), (bytes, sequence) => {
				const repair = new Repair(OPUS, RED);
				const base = packet(0, 1, { sequence, timestamp: 5 });
				repair.frames({ ...base, payload: Buffer.from(bytes) });
			}),
			{ numRuns: 1000 }
		);
	});
});
