import { expect, it } from 'vitest';
import { marked } from './marked.ts';

const shown = (text: string, query: string): string =>
	marked(text, query)
		.map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
		.join('');

it.each([
	['Good morning, Mr Rao.', 'RAO morning', 'Good [morning], Mr [Rao].'],
	['It costs 3.5 (net)', '3.5 (net', 'It costs [3.5] [(net])'],
	['nothing', '  ', 'nothing'],
	['aaa', 'a aa', '[aa][a]'],
	['<b>', '<b', '[<b]>']
])('of “%s” a search for “%s” marks %s', (text, query, expected) =>
	expect(shown(text, query)).toBe(expected)
);
