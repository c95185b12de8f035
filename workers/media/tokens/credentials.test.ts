import { expect, test } from 'vitest';
import { tokenFromAuthorization, tokenFromQuery } from './credentials.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
	['Bearer abc.def', 'abc.def'],
	['bearer  abc', 'abc'],
	[basic('anybody:abc'), 'abc'],
	[basic(':a:b'), 'a:b'],
	[basic('nobody'), null],
	['Digest x', null],
	['Bearer', null],
	['', null],
	[undefined, null]
])('the token of %s is %s', (header, token) => {
	expect(tokenFromAuthorization(header)).toBe(token);
});

test.each([
	['token=abc&x=1', 'abc'],
	['jwt=abc', 'abc'],
	['token=a%2Bb', 'a+b'],
	['', null]
])('the token of ?%s is %s', (query, token) => {
	expect(tokenFromQuery(query)).toBe(token);
});
