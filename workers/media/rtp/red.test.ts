import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRed, writeRed } from './red.ts';

const OPUS = 111;
const payload = fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes));
const red = fc.record({
	earlier: fc.array(fc.record({ offset: fc.integer({ min: 1, max: 0x3fff }), payload }), {
		maxLength: 4
	}),
	primary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes))
});

describe('RED', () => {
	test('reads what it wrote', () => {
		fc.assert(
			fc.property(red, fc.nat(20), (written, at) => {
				expect(readRed(writeRed(written, OPUS, at).subarray(at), OPUS)).toEqual(written);
			})
		);
	});

	test('is written as RFC 2198 section 3 draws it', () => {
		const written = writeRed(
			{ earlier: [{ offset: 960, payload: Buffer.from([1, 2]) }], primary: Buffer.from([3]) },
			OPUS
		);
		// F=1 PT=111 | offset 960 (14 bits) length 2 (10 bits) | F=0 PT=111 | copy | frame
		expect([...written]).toEqual([0xef, 0x0f, 0x00, 0x02, 0x6f, 1, 2, 3]);
	});

	test('leaves out copies that no header can tell of', () => {
		const tooMuch = [
			{ offset: 0x4000, payload: Buffer.from([1]) },
			{ offset: 960, payload: Buffer.alloc(1024) }
		];
		const written = writeRed({ earlier: tooMuch, primary: Buffer.from([3]) }, OPUS);
		expect([...written]).toEqual([OPUS, 3]);
	});

	test('leaves out what is not Opus', () => {
		const written = writeRed({ earlier: [], primary: Buffer.from([3]) }, 0);
		expect(readRed(written, OPUS)).toBeNull();
		expect(readRed(Buffer.from([0x80, 0x0f, 0x00, 0x01, OPUS, 9, 3]), OPUS)).toEqual({
			earlier: [],
			primary: Buffer.from([3])
		});
	});

	test('takes any bytes without throwing', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
				const read = readRed(Buffer.from(bytes), OPUS);
				const found = [...(read?.earlier ?? []).map((frame) => frame.payload), read?.primary];
				const total = found.reduce((sum, each) => sum + (each?.length ?? 0), 0);
				expect(total).toBeLessThanOrEqual(bytes.length);
			}),
			{ numRuns: 2000 }
		);
	});
});
