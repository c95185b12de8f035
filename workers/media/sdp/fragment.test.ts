import { expect, test } from 'vitest';
import { parseFragment } from './fragment.ts';

test('a fragment with candidates is read', () => {
	const text =
		'a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n';
	expect(parseFragment(text)).toEqual({ ok: true, value: { iceUfrag: 'EsAw' } });
});

test('one without credentials too', () => {
	expect(parseFragment('a=end-of-candidates\n')).toEqual({ ok: true, value: { iceUfrag: null } });
});

test.each(['', 'hello', 'a=mid:0\r\n<script>', '\u0000'])('"%s" is none', (text) => {
	expect(parseFragment(text)).toMatchObject({ ok: false, error: { code: 'fragment_invalid' } });
});
