import { describe, expect, it } from 'vitest';
import { aggregate, CAPTION_LIMITS, NO_CAPTIONS } from './aggregate.ts';
import type { CaptionEvent, Fragment } from './fragment.ts';

const interim = (text: string): Fragment => ({ type: 'interim', text });
const final = (text: string): Fragment => ({ type: 'final', text });
const END: Fragment = { type: 'utterance-end' };
const CLEAR: Fragment = { type: 'clear' };

/** Feeds one fragment a second, from 1 s on. */
function captions(
	fragments: readonly Fragment[],
	{ language = 'en', ...limits }: Partial<typeof CAPTION_LIMITS> & { language?: string } = {}
): CaptionEvent[] {
	const events: CaptionEvent[] = [];
	let state = NO_CAPTIONS;
	fragments.forEach((fragment, index) => {
		const step = aggregate(state, fragment, (index + 1) * 1000, {
			language,
			limits: { ...CAPTION_LIMITS, ...limits }
		});
		state = step.state;
		events.push(...step.events);
	});
	return events;
}

const finals = (events: readonly CaptionEvent[]): string[] =>
	events.flatMap((event) => (event.type === 'final' ? [event.text] : []));
const shown = (events: readonly CaptionEvent[]): string[] =>
	events.map((event) => `${event.utterance}${event.type === 'final' ? '!' : ''} ${event.text}`);

describe('an utterance', () => {
	it('is shown while it grows and ends in one final made of all its fragments', () => {
		const events = captions([
			interim('good'),
			interim('good morning'),
			final('Good morning,'),
			interim('every'),
			final('everyone.'),
			END
		]);
		expect(shown(events)).toEqual([
			'1 good',
			'1 good morning',
			'1 Good morning,',
			'1 Good morning, every',
			'1 Good morning, everyone.',
			'1! Good morning, everyone.'
		]);
		expect(events.flatMap((event) => (event.type === 'partial' ? [event.revision] : []))).toEqual([
			1, 2, 3, 4, 5
		]);
	});

	it('keeps what was only guessed when the speaker pauses or the provider breaks off', () => {
		expect(finals(captions([final('We begin'), interim('in ten minutes'), END]))).toEqual([
			'We begin in ten minutes'
		]);
	});

	it('takes back a guess that was no speech, and uses its number for what comes next', () => {
		expect(shown(captions([interim('um'), CLEAR, END, interim('Hello'), END]))).toEqual([
			'1 um',
			'1 ',
			'1 Hello',
			'1! Hello'
		]);
	});

	it('says nothing for blank fragments and pauses without words', () => {
		expect(captions([interim('  '), final(''), END, CLEAR, END])).toEqual([]);
	});

	it('takes the provider’s times where it has some, else the times of arrival, never backwards', () => {
		const events = captions([
			{ type: 'final', text: 'One.', startedAt: 200, endedAt: 900 },
			END,
			{ type: 'final', text: 'Two.', startedAt: 700, endedAt: 1500 },
			END,
			interim('Three.'),
			END
		]);
		expect(events.filter((event) => event.type === 'final')).toMatchObject([
			{ text: 'One.', startedAt: 200, endedAt: 900 },
			{ text: 'Two.', startedAt: 900, endedAt: 1500 },
			{ text: 'Three.', startedAt: 5000, endedAt: 5000 }
		]);
	});

	it.each([
		['zh', ['今天天气', '很好。'], '今天天气很好。'],
		['ja', ['VoxBento を', '使います'], 'VoxBento を使います'],
		['th', ['สวัสดี', 'ครับ'], 'สวัสดีครับ'],
		['ko', ['안녕하세요', '여러분'], '안녕하세요 여러분'],
		['fr', ['Qui est là', '?'], 'Qui est là ?'],
		['en', ['Who is there', '?'], 'Who is there?'],
		['es', ['Dijo: ¿', 'quién?'], 'Dijo: ¿quién?'],
		['ar', ['مرحبا', '، أهلا'], 'مرحبا، أهلا']
	])('is joined as %s is written', (language, parts, text) => {
		expect(finals(captions([...parts.map(final), END], { language }))).toEqual([text]);
	});

	it('drops control characters and marks that would turn the text around them', () => {
		expect(finals(captions([final('a\u202eb\u0007  c\nd'), END]))).toEqual(['ab c d']);
	});
});

describe('long speech', () => {
	it('becomes a final with each sentence that is long enough, in mid-utterance', () => {
		const events = captions([
			final('The first sentence of this talk is about sixty columns long, or so.'),
			final('Short. And then the second one goes on'),
			final('until here, where it ends at last, with Dr. Rao in 3.5 minutes. Yes'),
			END
		]);
		expect(finals(events)).toEqual([
			'The first sentence of this talk is about sixty columns long, or so.',
			'Short. And then the second one goes on until here, where it ends at last, with Dr. Rao in 3.5 minutes.',
			'Yes'
		]);
	});

	it('is cut out of a guess that only grows, once, and goes on behind the cut', () => {
		const words = Array.from({ length: 60 }, (_, index) => `word${index + 1}`);
		const growing = words.map((_, index) => interim(words.slice(0, index + 1).join(' ')));
		const events = captions([...growing, final(words.join(' ')), END]);
		expect(finals(events).length).toBeGreaterThan(1);
		expect(finals(events).join(' ')).toBe(words.join(' '));
	});

	it('is not said again when the provider rewrites what a cut has taken', () => {
		const limits = { hardWidth: 30, softWidth: 30, minWidth: 5 };
		const events = captions(
			[
				interim('we met twenty one people in the'),
				interim('we met twenty one people in the old'),
				interim('We met 21 people in the old town'),
				final('We met 21 people in the old town hall.'),
				END
			],
			limits
		);
		expect(finals(events)).toEqual(['we met twenty one people in', 'the old town hall.']);
	});

	it('is not said again when the provider draws back for a moment', () => {
		const limits = { hardWidth: 20, softWidth: 20, minWidth: 5 };
		const events = captions(
			[
				interim('one two three four five'),
				interim('one two three four five six'),
				interim('one two'),
				interim('one two three four five six seven'),
				END
			],
			limits
		);
		expect(finals(events).join(' ')).toBe('one two three four five six seven');
	});

	it('stays a guess for fifteen seconds at most', () => {
		const words = Array.from({ length: 20 }, (_, index) => `slow${index}`);
		const events = captions(words.map((_, i) => interim(words.slice(0, i + 1).join(' '))));
		expect(finals(events)).toHaveLength(1);
	});

	it('is cut at commas before words, and between words of scripts without spaces', () => {
		const text = 'a clause of some length here, and another clause that goes on';
		const limits = { hardWidth: 40, softWidth: 40, minWidth: 5 };
		expect(finals(captions([final(text), END], limits))[0]).toBe('a clause of some length here,');
		const chinese = '我们今天在这里讨论人工智能的发展和未来的方向以及它对社会的影响';
		const pieces = finals(captions([final(chinese), END], { ...limits, language: 'zh' }));
		expect(pieces.length).toBeGreaterThan(1);
		expect(pieces.join('')).toBe(chinese);
	});

	it('cuts a word without end where the line is full', () => {
		const pieces = finals(captions([final('x'.repeat(500)), END]));
		expect(pieces.map((piece) => piece.length)).toEqual([210, 210, 80]);
	});
});

describe('the line on the screen', () => {
	it('grows at once, and changes a word only when two guesses running agree', () => {
		expect(
			shown(
				captions([
					interim('the recognise'),
					interim('the wreck a nice'),
					interim('the recognise speech'),
					interim('the recognised speech'),
					interim('the recognised speech is')
				])
			)
		).toEqual(['1 the recognise', '1 the recognise speech', '1 the recognised speech is']);
	});

	it('shows what the provider has committed without waiting', () => {
		expect(shown(captions([interim('ate'), final('eight')]))).toEqual(['1 ate', '1 eight']);
	});
});
