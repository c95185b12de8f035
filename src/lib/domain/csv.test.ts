import { expect, test } from 'vitest';
import { csvLines } from './csv.ts';

test('quotes what has commas, quotes and line ends', () => {
	expect(csvLines([['a,b', 'say "no"', 'two\nlines', '']])).toBe(
		'"a,b","say ""no""","two\nlines",""\r\n'
	);
});

test.each(['=1+1', '+1', '-1', '@x', '\t=1', ' =cmd', '\r=1', '\u0000=1', '＝1'])(
	'%j cannot become a formula',
	(text) => {
		expect(csvLines([[text]])).toBe(`"'${text}"\r\n`);
	}
);

test('leaves words as they are', () => {
	expect(csvLines([['ana@example.org', '2026-11-24', 'a=b']])).toBe(
		'"ana@example.org","2026-11-24","a=b"\r\n'
	);
});
