import { describe, expect, it } from 'vitest';
import { continued, withoutDescriptions, withoutLoops, withoutStockPhrases } from './wording.ts';

describe('a recogniser that repeats itself', () => {
	it.each([
		['It was the best of the best of the best of the best of', 1, 'It was the best of'],
		[
			'it was the best of times. It was the best of times. it was.',
			2,
			'it was the best of times. it was.'
		],
		['a b a b a b c', 1, 'a b c']
	])('%s, in %i s, said "%s"', (text, seconds, said) =>
		expect(withoutLoops(text, seconds)).toBe(said)
	);

	it('is believed where a speaker could have said so', () => {
		const text = 'We shall fight. We shall fight. We shall fight.';
		expect(withoutLoops(text, 3)).toBe(text);
	});
});

it.each([
	['[BLANK_AUDIO]', ''],
	['(soft music) Hello ♪', 'Hello'],
	['<|en|> Yes', 'Yes']
])('%s, spoken, is "%s"', (text, said) => expect(withoutDescriptions(text)).toBe(said));

it.each([
	['its being received,', 'For good', 'for good'],
	['the end.', 'For good', 'For good'],
	['', 'For good', 'For good'],
	['and then', 'I went', 'I went'],
	['at the', 'UN in', 'UN in']
])('after "%s" "%s" goes on as "%s"', (before, text, said) => {
	expect(continued(before, text)).toBe(said);
});

it('takes a stock phrase for speech only when it was as short as speech', () => {
	expect(withoutStockPhrases('Thank you for watching.', 6)).toBe('');
	expect(withoutStockPhrases('Thank you. Thank you.', 6)).toBe('');
	expect(withoutStockPhrases('You', 2.2)).toBe('');
	expect(withoutStockPhrases('Thank you for watching.', 2)).toBe('Thank you for watching.');
	expect(withoutStockPhrases('Thank you for watching us work.', 6)).not.toBe('');
});
