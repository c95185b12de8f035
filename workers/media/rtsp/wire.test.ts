import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	parseTarget,
	parseTransport,
	RtspReader,
	writeAnswer,
	writeFrame,
	type RtspInput
} from './wire.ts';

const DESCRIBE = 'DESCRIBE rtsp://h/a RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n';
const WITH_BODY = 'SET_PARAMETER rtsp://h/a RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 4\r\n\r\nabcd';
const FRAME = writeFrame(1, Buffer.from('rtcp'));
const STREAM = Buffer.concat([
	Buffer.from(DESCRIBE),
	FRAME,
	Buffer.from(WITH_BODY),
	Buffer.from('\r\n'),
	Buffer.from(DESCRIBE)
]);

/** What a reader makes of a stream cut at the given places. */
function read(stream: Buffer, cuts: readonly number[]): RtspInput[] | null {
	const reader = new RtspReader();
	const inputs: RtspInput[] = [];
	const places = [0, ...[...cuts].sort((a, b) => a - b), stream.length];
	for (let index = 1; index < places.length; index++) {
		const some = reader.push(stream.subarray(places[index - 1], places[index]));
		if (some === null) return null;
		inputs.push(...some);
	}
	return inputs;
}

describe('an RTSP stream', () => {
	test('is requests and frames, in order', () => {
		const inputs = read(STREAM, []) ?? [];
		expect(
			inputs.map((input) => (input.type === 'request' ? input.request.method : input.channel))
		).toEqual(['DESCRIBE', 1, 'SET_PARAMETER', 'DESCRIBE']);
		const [first] = inputs;
		expect(first?.type === 'request' && first.request.headers.get('cseq')).toBe('2');
	});

	test('means the same however it is cut', () => {
		const whole = read(STREAM, []);
		fc.assert(
			fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 20 }), (cuts) => {
				expect(read(STREAM, cuts)).toEqual(whole);
			})
		);
	});

	test.each([
		['no RTSP', 'GET / HTTP/1.1\r\n\r\n'],
		['a header without a colon', 'OPTIONS * RTSP/1.0\r\nCSeq 1\r\n\r\n'],
		['an endless head', `OPTIONS * RTSP/1.0\r\nX: ${'x'.repeat(20_000)}`],
		['a body that is too long', 'OPTIONS * RTSP/1.0\r\nContent-Length: 9999999\r\n\r\n'],
		['a body of negative length', 'OPTIONS * RTSP/1.0\r\nContent-Length: -1\r\n\r\n']
	])('of %s is given up', (_, text) => {
		expect(read(Buffer.from(text), [])).toBeNull();
	});

	test('of any bytes at all throws nothing', () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), (chunks) => {
				const reader = new RtspReader();
				for (const chunk of chunks) if (reader.push(Buffer.from(chunk)) === null) break;
			}),
			{ numRuns: 1000 }
		);
	});
});

describe('a target', () => {
	test.each([
		['rtsp://h:8554/a/fr?token=x', 'a/fr', 'token=x', 'rtsp://h:8554/a/fr'],
		['rtsp://h/a/fr/trackID=0', 'a/fr', '', 'rtsp://h/a/fr'],
		['rtsp://h/a/fr/?token=x/trackID=0', 'a/fr', 'token=x', 'rtsp://h/a/fr'],
		['rtsp://h/a/fr/', 'a/fr', '', 'rtsp://h/a/fr'],
		['rtsp://h', '', '', 'rtsp://h/']
	])('%s', (url, path, query, base) => {
		expect(parseTarget(url)).toEqual({ path, query, base });
	});

	test.each(['*', 'http://h/a', 'rtsp://', 'rtsp://h/%zz'])('%s is none', (url) => {
		expect(parseTarget(url)).toBeNull();
	});
});

test.each([
	['RTP/AVP/TCP;unicast;interleaved=0-1', { rtp: 0, rtcp: 1 }],
	['RTP/AVP;unicast;client_port=1-2,RTP/AVP/TCP;interleaved=4-5', { rtp: 4, rtcp: 5 }],
	['RTP/AVP/TCP;unicast', { rtp: 0, rtcp: 1 }],
	['RTP/AVP;unicast;client_port=5000-5001', null],
	['RTP/AVP/TCP;interleaved=300-301', null],
	[undefined, null]
])('the transport %s is %o', (header, channels) => {
	expect(parseTransport(header)).toEqual(channels);
});

test('an answer has its number and the length of its body', () => {
	expect(writeAnswer({ status: 200, headers: { Session: 'x' }, body: 'é' }, '7')).toBe(
		'RTSP/1.0 200 OK\r\nCSeq: 7\r\nServer: voxbento\r\nSession: x\r\nContent-Length: 2\r\n\r\né'
	);
});
