import { expect, test } from 'vitest';
import { acceptedLanguages } from './accepted-languages.ts';

const accepted = (header: string) =>
	acceptedLanguages(new Request('http://x/', { headers: { 'accept-language': header } }));

test('orders by weight and keeps the order of equals', () => {
	expect(accepted('de-AT, de;q=0.9, en;q=0.7, fr;q=0.9')).toEqual(['de-AT', 'de', 'fr', 'en']);
});

test('leaves out what is not wanted and what says nothing', () => {
	expect(accepted('*;q=0.5, en;q=0, ar')).toEqual(['ar']);
	expect(acceptedLanguages(new Request('http://x/'))).toEqual([]);
});
