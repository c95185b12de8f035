import { expect, test } from 'vitest';
import { emailProblem, nameProblem, newPasswordProblem, normaliseEmail } from './account.ts';

// Hole 18: `a@b`, names over the column's size and long passwords were answered with 500.
test.each([
	['ana@example.org', null],
	['  ana+booth@example.org ', null],
	['a@b', null],
	['ана@пример.рф', null],
	['', 'missing'],
	['   ', 'missing'],
	['ana', 'invalid'],
	['ana@', 'invalid'],
	['a b@example.org', 'invalid'],
	['a@b@c', 'invalid'],
	['ana@example.org,eve@example.org', 'invalid'],
	['Eve <eve@example.org>', 'invalid'],
	['ana@example.org\r\nBcc: eve@example.org', 'invalid'],
	['ana\u0000@example.org', 'invalid'],
	[`${'a'.repeat(320)}@b`, 'long']
])('the address %j: %s', (typed, problem) => {
	expect(emailProblem(typed)).toBe(problem);
});

test.each([
	['Léa', null],
	['محمد', null],
	['', 'missing'],
	[' \t ', 'missing'],
	['x'.repeat(200), null],
	['x'.repeat(201), 'long'],
	['a\u0000b', 'invalid']
])('the name %j: %s', (typed, problem) => {
	expect(nameProblem(typed)).toBe(problem);
});

test.each([
	['', 'missing'],
	['123456789', 'short'],
	['1234567890', null],
	['  spaces count ', null],
	['x'.repeat(1_000), null],
	['x'.repeat(1_001), 'long']
])('the new password %j: %s', (typed, problem) => {
	expect(newPasswordProblem(typed)).toBe(problem);
});

test('addresses are one whatever the case', () => {
	expect(normaliseEmail(' Ana@Example.ORG ')).toBe('ana@example.org');
});
