import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate, CAPTION_LIMITS, NO_CAPTIONS } from './aggregate.ts';
import type { CaptionEvent, Fragment } from './fragment.ts';
import { width } from './writing.ts';

type Step = { readonly fragment: Fragment; readonly at: number };

function run(steps: readonly Step[], language: string): CaptionEvent[] {
	let state = NO_CAPTIONS;
	return steps.flatMap(({ fragment, at }) => {
		const next = aggregate(state, fragment, at, { language, limits: CAPTION_LIMITS });
		state = next.state;
		return next.events;
	});
}

const bareText = (text: string): string => text.replace(/\s+/gu, '');

/** Words with marks, numbers, abbreviations; and two scripts without spaces. */
const scripts = {
	en: fc.oneof(
		fc.stringMatching(/^[a-z]{1,12}$/),
		fc.constantFrom('Yes.', 'Dr.', '3.5', 'well,', 'and', 'U.S.', 'really?', 'no!', '21')
	),
	zh: fc.constantFrom('我们', '今天', '讨论', '人工智能', '的', '发展。', '方向,', '好!'),
	th: fc.constantFrom('สวัสดี', 'ครับ', 'วันนี้', 'เรา', 'พูด', 'เรื่อง')
} as const;

/** One provider utterance: segments of words, each guessed in growing pieces, with wrong guesses at the end. */
function segment(language: keyof typeof scripts) {
	return fc.record({
		words: fc.array(scripts[language], { minLength: 1, maxLength: 70 }),
		guesses: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
			maxLength: 12
		}),
		committed: fc.boolean()
	});
}

const stream = fc.constantFrom<keyof typeof scripts>('en', 'zh', 'th').chain((language) =>
	fc.record({
		language: fc.constant(language),
		utterances: fc.array(fc.array(segment(language), { minLength: 1, maxLength: 4 }), {
			maxLength: 6
		}),
		pauses: fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 40 })
	})
);

describe('over random provider streams', () => {
	it('gives back exactly what the provider committed, each part in one final', () => {
		fc.assert(
			fc.property(stream, ({ language, utterances, pauses }) => {
				const space = language === 'en' ? ' ' : '';
				const steps: Step[] = [];
				let at = 0;
				let wrong = 0;
				let said = '';
				const add = (fragment: Fragment): void => {
					at += pauses[steps.length % pauses.length] ?? 0;
					steps.push({ fragment, at });
				};
				for (const segments of utterances) {
					segments.forEach(({ words, guesses, committed }, index) => {
						const text = words.join(space);
						const sizes = guesses.map(([share, slip]) => ({
							size: Math.max(1, Math.floor(share * words.length)),
							slip
						}));
						// Guesses grow; a slip is a wrong last word that no later guess repeats.
						for (const { size, slip } of sizes.sort((a, b) => a.size - b.size)) {
							const right = words.slice(0, size);
							if (slip) right.splice(-1, 1, `q${wrong++}`);
							add({ type: 'interim', text: right.join(space) });
						}
						// Only the last stretch of an utterance may be broken off before it is committed.
						const brokenOff = index === segments.length - 1 && !committed;
						if (brokenOff) add({ type: 'interim', text });
						else add({ type: 'final', text });
						said += text;
					});
					add({ type: 'utterance-end' });
				}
				const finals = run(steps, language).flatMap((e) => (e.type === 'final' ? [e] : []));
				expect(bareText(finals.map((final) => final.text).join(''))).toBe(bareText(said));
			}),
			{ numRuns: 300 }
		);
	});

	const noise: fc.Arbitrary<Fragment> = fc.oneof(
		fc.record({ type: fc.constant('interim' as const), text: fc.string({ maxLength: 300 }) }),
		fc.record({
			type: fc.constantFrom('interim' as const, 'final' as const),
			text: fc.lorem({ maxCount: 60 }),
			startedAt: fc.integer({ min: 0, max: 100_000 }),
			endedAt: fc.integer({ min: 0, max: 100_000 })
		}),
		fc.constantFrom<Fragment>({ type: 'utterance-end' }, { type: 'clear' })
	);

	it('keeps its order whatever a provider does: rising utterances, one final each, times forward', () => {
		fc.assert(
			fc.property(fc.array(noise, { maxLength: 60 }), (fragments) => {
				const steps = fragments.map((fragment, index) => ({ fragment, at: index * 700 }));
				const events = run([...steps, { fragment: { type: 'utterance-end' }, at: 99_999 }], 'en');
				let utterance = 1;
				let revision = 0;
				let last = 0;
				for (const event of events) {
					expect(event.utterance).toBe(utterance);
					if (event.type === 'partial') {
						expect(event.revision).toBe(++revision);
						continue;
					}
					expect(event.text.trim()).not.toBe('');
					expect(width(event.text)).toBeLessThanOrEqual(CAPTION_LIMITS.hardWidth);
					expect(event.startedAt).toBeGreaterThanOrEqual(last);
					expect(event.endedAt).toBeGreaterThanOrEqual(event.startedAt);
					last = event.endedAt;
					utterance++;
					revision = 0;
				}
				// After a pause nothing is left over: what was last shown has become a final or was taken back.
				const open = events.at(-1);
				if (open?.type === 'partial') expect(open.text).toBe('');
			}),
			{ numRuns: 300 }
		);
	});

	it('gives the same for the same stream', () => {
		fc.assert(
			fc.property(fc.array(noise, { maxLength: 20 }), (fragments) => {
				const steps = fragments.map((fragment, index) => ({ fragment, at: index }));
				expect(run(steps, 'en')).toEqual(run(steps, 'en'));
			}),
			{ numRuns: 30 }
		);
	});
});
