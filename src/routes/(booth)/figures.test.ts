import { expect, test } from 'vitest';
import { duration, timeLeft } from './figures.ts';

test.each([
	[0, '0:00'],
	[-5, '0:00'],
	[247_900, '4:07'],
	[3_729_000, '1:02:09']
])('%d ms on air', (ms, words) => {
	expect(duration(ms)).toBe(words);
});

test('a countdown ends when the server says so and not a second before', () => {
	expect(timeLeft(10_000, 9_999)).toBe('0:01');
	expect(timeLeft(10_000, 10_000)).toBe('0:00');
	expect(timeLeft(10_000, 12_000)).toBe('0:00');
	expect(timeLeft(60_000, 0)).toBe('1:00');
});
