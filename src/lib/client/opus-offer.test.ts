import { describe, expect, test } from 'vitest';
import { FLOOR_STEREO, SPEECH, offerOpus } from './opus-offer.ts';

const CHROMIUM = [
	'v=0',
	'm=audio 9 UDP/TLS/RTP/SAVPF 111',
	'a=rtpmap:111 opus/48000/2',
	'a=rtcp-fb:111 transport-cc',
	'a=fmtp:111 minptime=10;useinbandfec=1',
	''
].join('\r\n');

const FIREFOX = [
	'v=0',
	'm=audio 9 UDP/TLS/RTP/SAVPF 109',
	'a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1',
	'a=rtpmap:109 opus/48000/2',
	''
].join('\r\n');

describe('offerOpus', () => {
	test('asks for a mono voice without naming stereo', () => {
		const sdp = offerOpus(CHROMIUM, SPEECH);
		expect(sdp).toContain('a=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=48000\r\n');
		expect(sdp).not.toContain('stereo');
		expect(sdp).not.toContain('usedtx');
	});

	test('replaces what the browser wrote, wherever the line stands', () => {
		const sdp = offerOpus(FIREFOX, FLOOR_STEREO);
		expect(sdp.match(/a=fmtp:109/g)).toHaveLength(1);
		expect(sdp).toContain(
			'a=fmtp:109 minptime=10;useinbandfec=1;maxaveragebitrate=128000;stereo=1;sprop-stereo=1\r\n'
		);
	});

	test('adds the line where the browser wrote none', () => {
		const bare = CHROMIUM.replace(/a=fmtp[^\r\n]*\r\n/, '');
		expect(offerOpus(bare, SPEECH)).toContain(
			'a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=48000\r\n'
		);
	});

	test('leaves an offer without Opus alone', () => {
		expect(offerOpus('v=0\r\n', SPEECH)).toBe('v=0\r\n');
	});
});
