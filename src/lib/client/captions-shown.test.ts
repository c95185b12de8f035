import { describe, expect, it } from 'vitest';
import type { CaptionFinal, CaptionPartial } from '#lib/protocol/captions.ts';
import { mergeFinals, SHOWN_MAX, withPartial } from './captions-shown.ts';

const final = (seq: number, text = `t${seq}`, version = 1): CaptionFinal => ({
	id: `1/u:${seq}`,
	channel: 7,
	seq,
	language: 'en',
	machine: false,
	version,
	text,
	startedAt: 0,
	endedAt: 0,
	speaker: null
});
const partial = (seq: number, revision: number, text = 'guess'): CaptionPartial => ({
	channel: 7,
	utterance: `1/u:${seq}`,
	revision,
	language: 'en',
	text
});

describe('captions on a page', () => {
	it('stand in order, each once, whatever order they come in', () => {
		const shown = mergeFinals([final(2)], [final(3), final(1), final(2)]);
		expect(shown.map(({ seq }) => seq)).toEqual([1, 2, 3]);
	});

	it('take a correction, and no older version after it', () => {
		const corrected = mergeFinals([final(1), final(2)], [final(1, 'right', 2)]);
		expect(mergeFinals(corrected, [final(1)])[0]?.text).toBe('right');
	});

	it('are kept up to a limit, the newest ones', () => {
		const all = Array.from({ length: SHOWN_MAX + 5 }, (_, i) => final(i + 1));
		const shown = mergeFinals([], all);
		expect(shown).toHaveLength(SHOWN_MAX);
		expect(shown[0]?.seq).toBe(6);
	});

	it('replace the guess whose words they are', () => {
		const guess = partial(1, 4);
		expect(withPartial([], null, guess)).toBe(guess);
		expect(withPartial([final(1)], guess, null)).toBeNull();
		// A late guess of what is final already.
		expect(withPartial([final(1)], null, partial(1, 5))).toBeNull();
	});

	it('show no older guess over a newer one, and nothing for withdrawn words', () => {
		const newer = partial(1, 4, 'well then');
		expect(withPartial([], newer, partial(1, 3, 'well'))).toBe(newer);
		expect(withPartial([], newer, partial(1, 5, ''))).toBeNull();
		expect(withPartial([], newer, partial(2, 1, 'and'))?.text).toBe('and');
	});
});
