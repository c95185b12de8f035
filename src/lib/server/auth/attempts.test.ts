import { expect, test } from 'vitest';
import { ok, refuse, type Result } from '#lib/domain/result.ts';
import { attemptKey, createAttempts } from './attempts.ts';

const right = async (): Promise<Result<'in', 'wrong'>> => ok('in');
const wrong = async (): Promise<Result<'in', 'wrong'>> => refuse('wrong', 'no');

test('a hall behind one address comes in with the right code, however many', async () => {
	const attempts = createAttempts({ wrong: 5, perSeconds: 60 });
	const answers = await Promise.all(
		Array.from({ length: 2_000 }, () => attempts.guard('hall', right))
	);
	expect(answers.every((answer) => answer.ok)).toBe(true);
});

test('some of the hall may mistype', async () => {
	const attempts = createAttempts({ wrong: 5, perSeconds: 60 });
	for (let i = 0; i < 4; i++) await attempts.guard('hall', wrong);
	expect((await attempts.guard('hall', right)).ok).toBe(true);
});

test('beyond the limit a right guess is refused like a wrong one', async () => {
	const attempts = createAttempts({ wrong: 5, perSeconds: 60 });
	for (let i = 0; i < 5; i++)
		expect(await attempts.guard('a', wrong)).toMatchObject({ error: { code: 'wrong' } });
	for (const guess of [wrong, right])
		expect(await attempts.guard('a', guess)).toMatchObject({
			ok: false,
			error: { code: 'too_many_attempts' }
		});
	expect((await attempts.guard('b', right)).ok).toBe(true);
});

test('guesses sent all at once get no more answers than the limit', async () => {
	const attempts = createAttempts({ wrong: 5, perSeconds: 60 });
	const slowly = async () => {
		await new Promise((resolve) => setImmediate(resolve));
		return wrong();
	};
	const answers = await Promise.all(Array.from({ length: 50 }, () => attempts.guard('a', slowly)));
	const told = answers.filter((answer) => !answer.ok && answer.error.code === 'wrong');
	expect(told).toHaveLength(5);
});

test('says when to come back', async () => {
	const attempts = createAttempts({ wrong: 1, perSeconds: 60 });
	await attempts.guard('a', wrong);
	const answer = await attempts.guard('a', right);
	expect(answer).toMatchObject({ error: { retryAfterS: 60 } });
});

test.each([
	['192.0.2.7', '192.0.2.7'],
	['::ffff:192.0.2.7', '192.0.2.7'],
	['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
	['2001:0DB8:1:2::9', '2001:db8:1:2'],
	['2001:db8::1', '2001:db8:0:0'],
	['::1', '0:0:0:0']
])('%s counts as %s', (address, key) => {
	expect(attemptKey(address)).toBe(key);
});
