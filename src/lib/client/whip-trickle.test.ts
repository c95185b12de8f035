import { expect, test } from 'vitest';
import { sdpFragment } from './whip-trickle.ts';

const LOCAL = [
	'v=0',
	'm=audio 9 UDP/TLS/RTP/SAVPF 111',
	'a=mid:0',
	'a=ice-ufrag:abcd',
	'a=ice-pwd:0123456789012345678901',
	''
].join('\r\n');
const CANDIDATE = { candidate: 'candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host' };

test('a fragment carries credentials, the media line and the candidates', () => {
	expect(sdpFragment(LOCAL, [CANDIDATE], true)).toBe(
		'a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n' +
			'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n' +
			'a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n'
	);
});

test('nothing is said when there is nothing to say', () => {
	expect(sdpFragment(LOCAL, [], false)).toBeNull();
	expect(sdpFragment('', [CANDIDATE], true)).toBeNull();
});
