import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ntpMiddle, ntpTime, parseRtcp, writeReceiverReport, writeSenderReport } from './rtcp.ts';

const word = fc.integer({ min: 0, max: 0xffff_ffff });

describe('NTP time', () => {
	test('counts from 1900', () => {
		expect(ntpTime(0)).toEqual({ seconds: 2_208_988_800, fraction: 0 });
		expect(ntpTime(1500)).toEqual({ seconds: 2_208_988_801, fraction: 0x8000_0000 });
	});

	test('is quoted by its middle', () => {
		expect(ntpMiddle({ seconds: 0x1234_5678, fraction: 0x9abc_def0 })).toBe(0x5678_9abc);
	});
});

describe('RTCP', () => {
	test('sender reports are read as they were written, with a name beside them', () => {
		fc.assert(
			fc.property(word, fc.nat(4e12), word, word, fc.uuid(), (ssrc, unixMs, time, count, cname) => {
				const ntp = ntpTime(unixMs);
				const packet = writeSenderReport({
					ssrc,
					ntp,
					rtpTimestamp: time,
					packets: count,
					octets: count,
					cname
				});
				expect(packet.length % 4).toBe(0);
				expect(parseRtcp(packet)).toEqual([{ type: 'sender-report', ssrc, ntp, blocks: [] }]);
				expect(packet.readUInt32BE(16)).toBe(time);
				expect(packet.toString('latin1')).toContain(cname);
			})
		);
	});

	test('receiver reports are read as they were written', () => {
		const block = fc.record({
			ssrc: word,
			fractionLost: fc.integer({ min: 0, max: 255 }),
			packetsLost: fc.integer({ min: -0x80_0000, max: 0x7f_ffff }),
			highestSequence: word,
			jitter: word,
			lastSenderReport: word,
			delaySinceLastSenderReport: word
		});
		fc.assert(
			fc.property(word, block, fc.uuid(), (ssrc, values, cname) => {
				expect(parseRtcp(writeReceiverReport(ssrc, values, cname))).toEqual([
					{ type: 'receiver-report', blocks: [values] }
				]);
			})
		);
	});

	test('losses beyond 24 bits stay at their end', () => {
		const values = {
			ssrc: 1,
			fractionLost: 255,
			packetsLost: 1e9,
			highestSequence: 0,
			jitter: 0,
			lastSenderReport: 0,
			delaySinceLastSenderReport: 0
		};
		const [part] = parseRtcp(writeReceiverReport(1, values, 'x'));
		expect(part).toMatchObject({ blocks: [{ packetsLost: 0x7f_ffff }] });
	});

	test('of any bytes at all throws nothing', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
				expect(parseRtcp(Buffer.from(bytes)).length).toBeLessThanOrEqual(bytes.length / 4);
			}),
			{ numRuns: 2000 }
		);
	});

	test('a goodbye is seen behind other parts', () => {
		const report = writeSenderReport({
			ssrc: 1,
			ntp: ntpTime(0),
			rtpTimestamp: 0,
			packets: 0,
			octets: 0,
			cname: 'a'
		});
		const goodbye = Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 1]);
		expect(parseRtcp(Buffer.concat([report, goodbye])).map(({ type }) => type)).toEqual([
			'sender-report',
			'goodbye'
		]);
	});
});
