import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRtcp, MAX_PAYLOAD_BYTES, parseRtp, withTransportSequence, writeRtp } from './packet.ts';

const header = fc.record({
	payloadType: fc.integer({ min: 96, max: 127 }),
	marker: fc.boolean(),
	sequence: fc.integer({ min: 0, max: 0xffff }),
	timestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
	ssrc: fc.integer({ min: 0, max: 0xffff_ffff })
});
const payload = fc.uint8Array({ maxLength: 200 });

function write(values: Parameters<typeof writeRtp>[1], bytes: Uint8Array): Buffer {
	return writeRtp(Buffer.alloc(12 + bytes.length), values, bytes);
}

describe('an RTP packet', () => {
	test('is read as it was written', () => {
		fc.assert(
			fc.property(header, payload, (values, bytes) => {
				const read = parseRtp(write(values, bytes), null);
				expect(read).toMatchObject({ ...values, level: null });
				expect([...(read?.payload ?? [])]).toEqual([...bytes]);
			})
		);
	});

	test('gives up contributors, extensions and padding', () => {
		const datagram = Buffer.concat([
			Buffer.from([0x80 | 0x20 | 0x10 | 2, 111, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5]),
			Buffer.alloc(8), // two contributors
			Buffer.from([0xbe, 0xde, 0, 1, 0x10, 0x80 | 42, 0, 0]), // level 42, voice, in id 1
			Buffer.from([1, 2, 3]),
			Buffer.from([0, 0, 3])
		]);
		const read = parseRtp(datagram, 1);
		expect(read).toMatchObject({ sequence: 7, timestamp: 9, ssrc: 5, level: 42 });
		expect([...(read?.payload ?? [])]).toEqual([1, 2, 3]);
		expect(parseRtp(datagram, 2)?.level).toBeNull();
	});

	test('may be padding alone', () => {
		const datagram = Buffer.concat([
			Buffer.from([0xa0, 111]),
			Buffer.alloc(10),
			Buffer.from([0, 2])
		]);
		expect(parseRtp(datagram, null)?.payload).toHaveLength(0);
	});

	test.each([
		['too short', Buffer.alloc(11, 0x80)],
		['of another version', Buffer.alloc(20, 0x40)],
		['whose contributors are missing', Buffer.from([0x8f, ...Buffer.alloc(12)])],
		['whose extension is missing', Buffer.from([0x90, ...Buffer.alloc(12)])],
		['whose padding is longer than itself', Buffer.from([0xa0, ...Buffer.alloc(11), 200])],
		['that says it has padding of 0', Buffer.from([0xa0, ...Buffer.alloc(12)])],
		['too long', Buffer.concat([Buffer.from([0x80]), Buffer.alloc(12 + MAX_PAYLOAD_BYTES)])]
	])('is refused when it is one %s', (_, datagram) => {
		expect(parseRtp(datagram, 1)).toBeNull();
	});

	test('of any bytes at all throws nothing and reads nothing outside', () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ maxLength: 80 }),
				fc.integer({ min: 1, max: 14 }),
				(bytes, id) => {
					const read = parseRtp(Buffer.from(bytes), id);
					expect(read === null || read.payload.length <= bytes.length - 12).toBe(true);
				}
			),
			{ numRuns: 2000 }
		);
	});

	test('carries a transport sequence without losing anything else', () => {
		fc.assert(
			fc.property(
				header,
				payload,
				fc.integer({ min: 1, max: 14 }),
				fc.nat(100_000),
				(values, bytes, id, value) => {
					const packet = write(values, bytes);
					const extended = withTransportSequence(packet, id, value);
					expect(parseRtp(extended, null)).toEqual(parseRtp(packet, null));
					expect(extended.readUInt8(16)).toBe((id << 4) | 1);
					expect(extended.readUInt16BE(17)).toBe(value & 0xffff);
				}
			)
		);
	});
});

test('RTCP is told from RTP by its type', () => {
	expect(isRtcp(Buffer.from([0x80, 200, 0, 0, 0, 0, 0, 0]))).toBe(true);
	expect(isRtcp(Buffer.from([0x80, 205, 0, 0, 0, 0, 0, 0]))).toBe(true);
	expect(isRtcp(Buffer.from([0x80, 111, 0, 0, 0, 0, 0, 0]))).toBe(false);
	expect(isRtcp(Buffer.from([0x80, 111 | 0x80, 0, 0, 0, 0, 0, 0]))).toBe(false);
	expect(isRtcp(Buffer.from([0x80, 200]))).toBe(false);
});
