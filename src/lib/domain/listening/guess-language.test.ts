import { expect, test } from 'vitest';
import { guessLanguage } from './guess-language.ts';

test('takes the first wanted language that is offered', () => {
	expect(guessLanguage(['de', 'fr'], ['en-GB', 'fr-FR', 'de'])).toBe('fr');
});
test('prefers the exact variant to a near one', () => {
	expect(guessLanguage(['pt', 'pt-BR'], ['pt-br'])).toBe('pt-BR');
	expect(guessLanguage(['pt-BR'], ['pt-PT'])).toBe('pt-BR');
});
test('does not guess when nothing fits', () => {
	expect(guessLanguage(['de', 'fr'], ['ja'])).toBeNull();
	expect(guessLanguage([], ['de'])).toBeNull();
});
