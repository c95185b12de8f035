import { describe, expect, test } from 'vitest';
import { Reception } from './reception.ts';

const FRAME = 960;

/** Takes packets `numbers` of a sender that is on time but for `lateMs` of each. */
function receive(numbers: readonly number[], lateMs: (n: number) => number = () => 0): Reception {
	const reception = new Reception();
	for (const n of numbers) reception.packet(7, n & 0xffff, (n * FRAME) >>> 0, n * 20 + lateMs(n));
	return reception;
}

describe('what a receiver knows of its sender', () => {
	test('is nothing before the first packet', () => {
		expect(new Reception().report(0)).toBeNull();
	});

	test('nothing is lost of an unbroken row, also round the end of the numbers', () => {
		const reception = receive([65_534, 65_535, 65_536, 65_537]);
		expect(reception.packetsLost).toBe(0);
		expect(reception.report(0)).toMatchObject({
			ssrc: 7,
			packetsLost: 0,
			fractionLost: 0,
			highestSequence: 65_537
		});
	});

	test('a hole is counted, and given back when the late packet comes', () => {
		const reception = receive([1, 2, 4]);
		expect(reception.packetsLost).toBe(1);
		expect(reception.report(0)).toMatchObject({ packetsLost: 1, fractionLost: 64 });
		reception.packet(7, 3, 3 * FRAME, 90);
		expect(reception.packetsLost).toBe(0);
		expect(reception.report(0)).toMatchObject({ packetsLost: 0, fractionLost: 0 });
	});

	test('the fraction is of what was expected since the report before', () => {
		const reception = receive([1, 2, 3, 4]);
		reception.report(0);
		reception.packet(7, 6, 6 * FRAME, 120);
		expect(reception.report(0)?.fractionLost).toBe(128);
	});

	test('jitter is 0 for a sender on time and grows with its lateness', () => {
		const numbers = Array.from({ length: 200 }, (_, n) => n);
		expect(receive(numbers).jitter).toBe(0);
		// Every second packet 5 ms late: |D| is 240 samples each time (RFC 3550 A.8).
		expect(receive(numbers, (n) => (n % 2) * 5).jitter).toBeCloseTo(240, 0);
	});

	test('a sender that starts over keeps what it lost before', () => {
		const reception = receive([1, 3]);
		reception.packet(8, 40_000, 0, 100);
		expect(reception.packetsLost).toBe(1);
		expect(reception.report(0)).toMatchObject({ ssrc: 8, packetsLost: 0 });
	});

	test('says how long ago the sender told its time', () => {
		const reception = receive([1]);
		reception.senderReport({ seconds: 0x0001_0002, fraction: 0x0003_0000 }, 1000);
		expect(reception.report(1500)).toMatchObject({
			lastSenderReport: 0x0002_0003,
			delaySinceLastSenderReport: 32_768
		});
	});
});
