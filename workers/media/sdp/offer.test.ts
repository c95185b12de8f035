import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildAnswer, innerOffer, readTransport } from './answer.ts';
import { countMedia, parseOffer, type Offer } from './offer.ts';

const FINGERPRINT = `sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`;

/** An offer as Chromium writes it for one microphone, cut to what matters. */
const CHROMIUM = [
	'v=0',
	'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
	's=-',
	't=0 0',
	'a=group:BUNDLE 0',
	'a=extmap-allow-mixed',
	'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8',
	'c=IN IP4 0.0.0.0',
	'a=candidate:1 1 udp 2113937151 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54321 typ host generation 0',
	'a=candidate:2 1 tcp 1518214911 192.0.2.7 9 typ host tcptype active',
	'a=ice-ufrag:Wa81',
	'a=ice-pwd:0123456789abcdefghijklmn',
	'a=ice-options:trickle',
	`a=fingerprint:${FINGERPRINT}`,
	'a=setup:actpass',
	'a=mid:0',
	'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
	'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
	'a=sendonly',
	'a=rtcp-mux',
	'a=rtpmap:111 opus/48000/2',
	'a=rtcp-fb:111 transport-cc',
	'a=fmtp:111 minptime=10;useinbandfec=1',
	'a=rtpmap:63 red/48000/2',
	'a=ssrc:77 cname:x'
];
const VIDEO = [
	'm=video 9 UDP/TLS/RTP/SAVPF 102 103',
	'a=mid:1',
	'a=sendonly',
	'a=rtpmap:102 H264/90000'
];

const text = (lines: readonly string[]): string => lines.join('\r\n') + '\r\n';
const without = (start: string): string[] => CHROMIUM.filter((line) => !line.startsWith(start));
const replaced = (start: string, line: string): string[] =>
	CHROMIUM.map((each) => (each.startsWith(start) ? line : each));

function offer(lines: readonly string[] = CHROMIUM): Offer {
	const parsed = parseOffer(text(lines));
	if (!parsed.ok) throw new Error(parsed.error.message);
	return parsed.value;
}

describe('an offer', () => {
	test('is read as far as an answer needs it', () => {
		expect(offer()).toMatchObject({
			bundled: true,
			iceUfrag: 'Wa81',
			icePassword: '0123456789abcdefghijklmn',
			fingerprint: FINGERPRINT,
			setup: 'actpass',
			fromLibdatachannel: false,
			candidates: [{ address: null, port: 54_321, type: 'host' }],
			audio: {
				index: 0,
				mid: '0',
				direction: 'sendonly',
				payloadType: 111,
				formatParameters: 'minptime=10;useinbandfec=1',
				levelExtensionId: 1,
				transportExtensionId: 3
			}
		});
	});

	test('may have its transport at session level, line feeds alone, and no mid', () => {
		const moved = [
			...CHROMIUM.slice(0, 5),
			'a=ice-ufrag:Wa81',
			'a=ice-pwd:0123456789abcdefghijklmn',
			`a=fingerprint:${FINGERPRINT}`,
			...without('a=mid')
				.filter((line) => !/^a=(ice|fingerprint)/.test(line))
				.slice(5)
		];
		const parsed = parseOffer(moved.join('\n'));
		expect(parsed).toMatchObject({ ok: true, value: { iceUfrag: 'Wa81', audio: { mid: '0' } } });
	});

	test('may have a picture, which is counted', () => {
		expect(countMedia(offer([...CHROMIUM, ...VIDEO]), 'video')).toBe(1);
	});

	test.each([
		['nothing', []],
		['no version', CHROMIUM.slice(1)],
		['a line that is none', [...CHROMIUM, 'hello']],
		['no user fragment', without('a=ice-ufrag')],
		['a password that is too short', replaced('a=ice-pwd', 'a=ice-pwd:short')],
		['a fragment with a line break to smuggle', replaced('a=ice-ufrag', 'a=ice-ufrag:ab"<x>')],
		['no fingerprint', without('a=fingerprint')],
		['a weak fingerprint', replaced('a=fingerprint', 'a=fingerprint:md5 AA:BB')],
		['an unknown role', replaced('a=setup', 'a=setup:holdconn')],
		['another protocol', replaced('m=audio', 'm=audio 9 TCP/MRCPv2 111')],
		['a broken media line', replaced('m=audio', 'm=audio 9')],
		[
			'too many media',
			[...CHROMIUM, ...Array.from({ length: 40 }, () => 'm=video 9 RTP/SAVPF 96')]
		],
		['format parameters with control characters', replaced('a=fmtp', 'a=fmtp:111 x\u0007')]
	])('is invalid with %s', (_, lines) => {
		expect(parseOffer(text(lines))).toMatchObject({ ok: false, error: { code: 'sdp_invalid' } });
	});

	test.each([
		['no sound', CHROMIUM.map((line) => line.replace('m=audio', 'm=video')), 'media_unsupported'],
		['two sounds', [...CHROMIUM, ...CHROMIUM.slice(6)], 'media_unsupported'],
		['no Opus', without('a=rtpmap:111'), 'codec_unsupported'],
		['Opus that is not offered', replaced('m=audio', 'm=audio 9 RTP/SAVPF 0'), 'codec_unsupported'],
		[
			'Opus where RTCP would be seen',
			CHROMIUM.map((line) => line.replaceAll('111', '72')),
			'codec_unsupported'
		],
		[
			'multichannel Opus',
			replaced('a=rtpmap:111', 'a=rtpmap:111 multiopus/48000/6'),
			'codec_unsupported'
		]
	])('is refused with %s', (_, lines, code) => {
		expect(parseOffer(text(lines))).toMatchObject({ ok: false, error: { code } });
	});

	test('of any text at all is answered, not thrown at', () => {
		const line = fc.oneof(fc.constantFrom(...CHROMIUM, ...VIDEO), fc.string({ maxLength: 60 }));
		fc.assert(
			fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
				expect(typeof parseOffer(text(['v=0', ...lines])).ok).toBe('boolean');
			}),
			{ numRuns: 1000 }
		);
	});
});

const plan = {
	transport: {
		iceUfrag: 'sErv',
		icePassword: 'serverserverserverserver',
		fingerprint: FINGERPRINT
	},
	candidates: ['candidate:1 1 UDP 2130706431 192.0.2.1 8189 typ host'],
	sessionId: '5',
	role: 'passive'
} as const;

describe('an answer', () => {
	test('to a publisher takes its sound, echoes its parameters and refuses the picture', () => {
		const answer = buildAnswer({
			...plan,
			offer: offer([...CHROMIUM, ...VIDEO]),
			flow: { type: 'receive' }
		});
		expect(answer.split('\r\n')).toEqual(
			expect.arrayContaining([
				'a=group:BUNDLE 0',
				'm=audio 9 UDP/TLS/RTP/SAVPF 111',
				'a=recvonly',
				'a=setup:passive',
				'a=ice-ufrag:sErv',
				'a=fmtp:111 minptime=10;useinbandfec=1',
				'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
				'a=candidate:1 1 UDP 2130706431 192.0.2.1 8189 typ host',
				'm=video 0 UDP/TLS/RTP/SAVPF 102',
				'a=mid:1',
				'a=inactive'
			])
		);
		expect(answer).not.toContain('transport-wide');
	});

	test('to a listener names the source it will hear', () => {
		const answer = buildAnswer({
			...plan,
			offer: offer(replaced('a=sendonly', 'a=recvonly')),
			flow: { type: 'send', ssrc: 99, cname: 'server' }
		});
		expect(answer).toContain('a=sendonly\r\n');
		expect(answer).toContain('a=ssrc:99 cname:server\r\n');
		expect(answer).toContain('a=rtcp-fb:111 transport-cc\r\n');
		expect(answer).not.toContain('audio-level');
	});
});

test('the library gets the one section, the other role and nothing of the client’s text', () => {
	const inner = innerOffer(offer([...CHROMIUM, ...VIDEO]), { ours: 'passive', candidates: [] });
	expect(inner).toContain('a=setup:active\r\n');
	expect(inner).not.toMatch(/video|candidate|extmap|generation/);
	expect(inner.match(/^m=/gm)).toHaveLength(1);
	expect(innerOffer(offer(), { ours: 'active', candidates: [] })).toContain('a=setup:passive\r\n');
});

test('the library’s own description is read for its transport', () => {
	expect(
		readTransport('v=0\r\na=ice-ufrag:a\r\na=ice-pwd:b\r\na=fingerprint:sha-256 AA\r\n')
	).toEqual({
		iceUfrag: 'a',
		icePassword: 'b',
		fingerprint: 'sha-256 AA'
	});
	expect(readTransport('v=0\r\n')).toBeNull();
});

describe('RED (RFC 2198)', () => {
	const withRed = (formats: string, blocks = '111/111'): string[] => [
		...replaced('m=audio', `m=audio 9 UDP/TLS/RTP/SAVPF ${formats}`),
		`a=fmtp:63 ${blocks}`
	];
	const answerTo = (lines: readonly string[], flow: 'receive' | 'send'): string =>
		buildAnswer({
			...plan,
			offer: offer(lines),
			flow: flow === 'receive' ? { type: 'receive' } : { type: 'send', ssrc: 5, cname: 'c' }
		});

	test('is taken around Opus alone', () => {
		expect(offer(withRed('63 111')).audio).toMatchObject({ redPayloadType: 63, prefersRed: true });
		expect(offer(withRed('111 63')).audio).toMatchObject({ redPayloadType: 63, prefersRed: false });
		expect(offer(withRed('111 63', '111/9')).audio.redPayloadType).toBeNull();
		expect(offer(withRed('111')).audio.redPayloadType).toBeNull();
		expect(offer().audio.redPayloadType).toBeNull();
	});

	test('stands first in the answer to a publisher who prefers it', () => {
		const answer = answerTo(withRed('63 111'), 'receive');
		expect(answer).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n');
		expect(answer).toContain('a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n');
		expect(answerTo(withRed('111 63'), 'receive')).toContain('SAVPF 111 63\r\n');
		expect(answerTo(CHROMIUM, 'receive')).toContain('SAVPF 111\r\n');
	});

	test('is what a listener may get beside plain Opus', () => {
		expect(answerTo(withRed('63 111'), 'send')).toContain('SAVPF 111 63\r\n');
	});
});
