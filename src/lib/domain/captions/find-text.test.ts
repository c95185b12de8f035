import { expect, test } from 'vitest';
import { hasWords } from './find-text.ts';

test.each([
	['The harbour was built in 1873.', 'HARBOUR 1873', true],
	['Un résumé très bref', 'resume bref', true],
	['مَرحَبًا بكم', 'مرحبا', true],
	['The harbour was built', 'harbour bridge', false],
	['Anything', '', true],
	['Anything', '  ', true]
])('%s has %s: %s', (text, search, found) => {
	expect(hasWords(text, search)).toBe(found);
});
