import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REORDER_WINDOW, RtpLine, type LinePosition, type LineSource } from './line.ts';

const FRAME = 960;

function newLine(): RtpLine {
	return new RtpLine({ sequence: 100, timestamp: 5000 });
}

/** A speaker whose numbers start anywhere; `say(n)` is its n-th packet. */
function speaker(line: RtpLine, firstSequence: number, firstTimestamp: number) {
	const source = line.join();
	return {
		source,
		say: (n: number, atMs: number) =>
			line.place(
				source,
				(firstSequence + n) & 0xffff,
				(firstTimestamp + n * FRAME) >>> 0,
				FRAME,
				atMs
			)
	};
}

describe('the line', () => {
	test('begins where it was told, and goes on frame by frame through silence', () => {
		const line = newLine();
		expect([0, 1, 2].map((n) => line.append(FRAME, n * 20))).toEqual([
			{ sequence: 100, timestamp: 5000 },
			{ sequence: 101, timestamp: 5960 },
			{ sequence: 102, timestamp: 6920 }
		]);
	});

	test('gives a newcomer the next frame, whatever its own numbers are', () => {
		const line = newLine();
		line.append(FRAME, 0);
		const a = speaker(line, 65_535, 0xffff_ff00);
		expect(a.say(0, 7)).toEqual({ sequence: 101, timestamp: 5960 });
		expect(a.say(1, 27)).toEqual({ sequence: 102, timestamp: 6920 });
		const b = speaker(line, 3, 12);
		expect(b.say(0, 30)).toEqual({ sequence: 103, timestamp: 7880 });
		expect(line.append(FRAME, 52)).toEqual({ sequence: 104, timestamp: 8840 });
	});

	test('keeps a gap a gap and a late packet late', () => {
		const line = newLine();
		const a = speaker(line, 10, 0);
		expect(a.say(0, 0)).toEqual({ sequence: 100, timestamp: 5000 });
		expect(a.say(3, 60)).toEqual({ sequence: 103, timestamp: 5000 + 3 * FRAME });
		expect(a.say(2, 61)).toEqual({ sequence: 102, timestamp: 5000 + 2 * FRAME });
		expect(a.say(2, 62)).toBeNull();
		expect(line.append(FRAME, 80)).toEqual({ sequence: 104, timestamp: 5000 + 4 * FRAME });
	});

	test('drops what a newcomer sent before it was heard, and what is too old', () => {
		const line = newLine();
		for (let n = 0; n < 5; n++) line.append(FRAME, n * 20);
		const a = speaker(line, 1000, 0);
		expect(a.say(5, 100)).not.toBeNull();
		expect(a.say(4, 101)).toBeNull();
		expect(a.say(5 + REORDER_WINDOW + 1, 102)).not.toBeNull();
		expect(a.say(6, 103)).toBeNull();
	});

	test('follows the clock after a long hole, and not after a short one', () => {
		const line = newLine();
		line.append(FRAME, 0);
		expect(line.append(FRAME, 100)).toEqual({ sequence: 101, timestamp: 5960 });
		expect(line.append(FRAME, 3100)).toEqual({ sequence: 102, timestamp: 5960 + 150 * FRAME });
	});

	test('anchors a sender anew that starts over with other numbers', () => {
		const line = newLine();
		const source = line.join();
		line.place(source, 50_000, 4_000_000, FRAME, 0);
		expect(line.place(source, 12, 77, FRAME, 20)).toEqual({
			sequence: 101,
			timestamp: 5000 + FRAME
		});
		expect(line.place(source, 13, 77 + FRAME, FRAME, 40)).toEqual({
			sequence: 102,
			timestamp: 5000 + 2 * FRAME
		});
	});

	test('never lets timestamps run back or far ahead while numbers go on', () => {
		const line = newLine();
		const source = line.join();
		line.place(source, 1, 100_000, FRAME, 0);
		expect(line.place(source, 2, 40_000, FRAME, 20)?.timestamp).toBe(5000 + FRAME);
		expect(line.place(source, 3, 90_000_000, FRAME, 40)?.timestamp).toBe(5000 + 2 * FRAME);
	});

	test('takes the pauses of discontinuous transmission as they are', () => {
		const line = newLine();
		const source = line.join();
		line.place(source, 1, 0, FRAME, 0);
		expect(line.place(source, 2, 20 * FRAME, FRAME, 400)).toEqual({
			sequence: 101,
			timestamp: 5000 + 20 * FRAME
		});
	});

	test('leaves an empty packet out without a gap', () => {
		const line = newLine();
		const a = speaker(line, 10, 0);
		a.say(0, 0);
		line.skip(a.source, 11);
		expect(a.say(2, 40)).toEqual({ sequence: 101, timestamp: 5000 + 2 * FRAME });
		expect(a.say(1, 41)).toBeNull();
	});
});

type Step =
	| { readonly do: 'silence'; readonly waitMs: number }
	| { readonly do: 'join'; readonly sequence: number; readonly timestamp: number }
	| { readonly do: 'say'; readonly offset: number; readonly waitMs: number }
	| { readonly do: 'skip'; readonly offset: number };

const offset = fc.oneof(
	{ weight: 8, arbitrary: fc.constant(1) },
	{ weight: 2, arbitrary: fc.integer({ min: -30, max: 30 }) },
	{ weight: 1, arbitrary: fc.integer({ min: -70_000, max: 70_000 }) }
);
const waitMs = fc.oneof(
	{ weight: 8, arbitrary: fc.integer({ min: 0, max: 40 }) },
	{ weight: 1, arbitrary: fc.integer({ min: 0, max: 5000 }) }
);
const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('silence' as const), waitMs }) },
	{
		weight: 1,
		arbitrary: fc.record({
			do: fc.constant('join' as const),
			sequence: fc.integer({ min: 0, max: 0xffff }),
			timestamp: fc.integer({ min: 0, max: 0xffff_ffff })
		})
	},
	{ weight: 12, arbitrary: fc.record({ do: fc.constant('say' as const), offset, waitMs }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('skip' as const), offset }) }
);

/** Runs steps against a line; calls back with everything it gave out, in order. */
function run(steps: readonly Step[], given: (place: LinePosition, newest: number) => void): void {
	const line = newLine();
	let nowMs = 0;
	let newest = 99;
	let source: LineSource | null = null;
	let sequence = 0;
	let timestamp = 0;
	const take = (place: LinePosition | null): void => {
		if (place === null) return;
		given(place, newest);
		newest = Math.max(newest, place.sequence);
	};
	for (const each of steps) {
		if (each.do === 'join') {
			source = line.join();
			({ sequence, timestamp } = each);
			continue;
		}
		if (each.do !== 'skip') nowMs += each.waitMs;
		if (each.do === 'silence') {
			take(line.append(FRAME, nowMs));
			source = null;
			continue;
		}
		if (source === null) continue;
		const at = (sequence + each.offset) & 0xffff;
		const when = (timestamp + each.offset * FRAME) >>> 0;
		if (each.do === 'skip') line.skip(source, at);
		else take(line.place(source, at, when, FRAME, nowMs));
		if (each.offset > 0) {
			sequence = at;
			timestamp = when;
		}
	}
}

describe('over any sequence of speakers, gaps, repeats, overtakings, restarts and silences', () => {
	test('no number is given twice, and none is outside the window', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
				const seen = new Set<number>();
				run(steps, ({ sequence }, newest) => {
					expect(seen.has(sequence)).toBe(false);
					expect(sequence).toBeGreaterThan(newest - REORDER_WINDOW);
					seen.add(sequence);
				});
			}),
			{ numRuns: 2000 }
		);
	});

	test('numbers and timestamps go forward together', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
				let last: LinePosition = { sequence: 99, timestamp: 5000 - FRAME };
				run(steps, (place, newest) => {
					if (place.sequence <= newest) return;
					expect(place.timestamp).toBeGreaterThanOrEqual(last.timestamp);
					last = place;
				});
			}),
			{ numRuns: 2000 }
		);
	});
});
