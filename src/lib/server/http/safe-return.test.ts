import { expect, test } from 'vitest';
import { safeReturn } from './safe-return.ts';

test.each(['/', '/listener/demo?lang=fr', '/a#b'])('%s is ours', (path) => {
	expect(safeReturn(path)).toBe(path);
});

test.each([
	'//evil.example/x',
	'/\\evil.example',
	'/\t/evil.example',
	'https://evil.example/',
	'javascript:alert(1)',
	'evil',
	'',
	null,
	undefined
])('%j is not', (text) => {
	expect(safeReturn(text)).toBeNull();
});

test('a path that hides another site behind dots is not followed', () => {
	expect(safeReturn('/..//evil.example')).toBeNull();
});
