import { expect, test } from 'vitest';
import { originOf } from './settings.ts';

test.each([
	['https://tickets.example.org', 'https://tickets.example.org'],
	['https://Tickets.example.org:8443/', 'https://tickets.example.org:8443'],
	['http://localhost:3000', 'http://localhost:3000']
])('%s is an origin', (typed, origin) => {
	expect(originOf(typed)).toBe(origin);
});

test.each([
	'http://example.org',
	'https://example.org/page',
	'https://*.example.org',
	"https://example.org'; script-src *",
	'https://me@example.org',
	'javascript:alert(1)',
	'*',
	'example.org'
])('%s is none', (typed) => {
	expect(originOf(typed)).toBeNull();
});
