import { describe, expect, test } from 'vitest';
import { iceServersOf } from './ice-servers.ts';

describe('iceServersOf', () => {
	test('reads every server of a joined header', () => {
		expect(
			iceServersOf(
				'<stun:stun.example.net>; rel="ice-server", ' +
					'<turn:turn.example.net?transport=udp>; rel="ice-server"; username="a,b"; credential="say \\"x\\""; credential-type="password"'
			)
		).toEqual([
			{ urls: 'stun:stun.example.net' },
			{ urls: 'turn:turn.example.net?transport=udp', username: 'a,b', credential: 'say "x"' }
		]);
	});

	test('takes unquoted parameters', () => {
		expect(iceServersOf('<turns:t.example:443>; rel=ice-server; username=u; credential=c')).toEqual(
			[{ urls: 'turns:t.example:443', username: 'u', credential: 'c' }]
		);
	});

	test.each([
		[null],
		[''],
		['</style.css>; rel=preload'],
		['<https://x.example>; rel="ice-server"']
	])('finds none in %s', (header) => {
		expect(iceServersOf(header)).toEqual([]);
	});
});
