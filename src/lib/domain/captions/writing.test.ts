import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordMask } from './mask.ts';
import { sentenceEnds } from './sentences.ts';
import { alreadyTaken } from './steady.ts';
import { tidy, tokens, width, wordBoundaries } from './writing.ts';

describe('tokens', () => {
	it.each([
		['one two', ['one', ' two']],
		['用 Kubernetes 部署', ['用', ' Kubernetes', ' 部', '署']],
		['ไม่ดี', ['ไ', 'ม่', 'ดี']]
	])('of %s', (text, expected) => expect(tokens(text)).toEqual(expected));

	it('lose nothing of a tidy text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (text) => {
				expect(tokens(tidy(text)).join('')).toBe(tidy(text));
			})
		);
	});
});

describe('sentence ends', () => {
	const sentences = (text: string, language: string): string[] => {
		let start = 0;
		return sentenceEnds(text, language).map((end) => {
			const sentence = text.slice(start, end).trim();
			start = end;
			return sentence;
		});
	};
	it.each([
		['en', 'It costs 3.5 dollars. Dr. Rao said so! Really?', 3],
		['en', 'J. R. Smith lives in the U.S. and works, e.g. at home. Fine', 1],
		['en', 'Wait… what? "Yes." He left.', 3],
		['de', 'Am 3. Mai kommt Hr. Meier. Schön.', 2],
		['zh', '今天很好。我们开始吧\uff01好', 2],
		['hi', 'यह अच्छा है। चलो।', 2],
		['ar', 'كيف حالك؟ بخير.', 2],
		['am', 'ሰላም። እንኳን ደህና መጡ።', 2]
	])('in %s: %s', (language, text, count) => {
		expect(sentences(text, language)).toHaveLength(count);
	});
});

it('counts wide characters twice and marks not at all', () => {
	expect([width('abc'), width('日本'), width('é'.normalize('NFD')), width('한국')]).toEqual([
		3, 4, 1, 4
	]);
});

it('finds word boundaries with spaces and without', () => {
	expect(wordBoundaries('to be or', 'en')).toEqual([2, 5]);
	expect(wordBoundaries('人工智能的发展', 'zh').length).toBeGreaterThan(0);
});

it.each([
	['we met twenty one people', 'We met 21 people, in', 4],
	['we met', 'we met people', 2],
	['we met people here', 'we', 1],
	['a b', 'x y', 2]
])('of what is taken as "%s", "%s" says %i tokens again', (taken, now, count) => {
	expect(alreadyTaken(tokens(taken), tokens(now))).toBe(count);
});

describe('hidden words', () => {
	const mask = wordMask(['damn', 'scheiße', '笨蛋', 'a.s']);
	it.each([
		['Damn, it is damned', 'D***, it is damned'],
		['SCHEISSE oder Scheiße', 'SCHEISSE oder S******'],
		['你这个笨蛋啊', '你这个笨*啊'],
		['a.s or aXs', 'a** or aXs']
	])('%s', (text, hidden) => expect(mask(text)).toBe(hidden));

	it('are none with an empty list', () => expect(wordMask([' '])('damn')).toBe('damn'));
});
