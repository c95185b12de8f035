import { describe, expect, it } from 'vitest';
import { CAPTION_TEXT_MAX_LENGTH } from '../../protocol/captions.ts';
import { corrected, SEGMENT_TEXT_MAX_LENGTH } from './correction.ts';

const now = { version: 2, text: 'Miss her Rao', speaker: 'Ana' };

describe('a correction', () => {
	it('becomes the next version, tidied', () => {
		expect(corrected(now, { base: 2, text: ' Mr  Rao\u0000 ', speaker: ' Ben ' })).toEqual({
			ok: true,
			value: { version: 3, text: 'Mr Rao', speaker: 'Ben' }
		});
	});

	it('may take the name away', () => {
		expect(corrected(now, { base: 2, text: now.text, speaker: ' ' })).toMatchObject({
			value: { speaker: null }
		});
	});

	it.each([
		['text_empty', { base: 2, text: ' \u202e ', speaker: '' }],
		['text_too_long', { base: 2, text: 'x'.repeat(SEGMENT_TEXT_MAX_LENGTH + 1), speaker: '' }],
		['speaker_too_long', { base: 2, text: 'x', speaker: 'x'.repeat(201) }],
		['nothing_changed', { base: 1, text: now.text, speaker: 'Ana' }],
		['corrected_meanwhile', { base: 1, text: 'Mr Rao', speaker: 'Ana' }],
		['corrected_meanwhile', { base: 3, text: 'Mr Rao', speaker: 'Ana' }]
	] as const)('is refused: %s', (code, correction) => {
		expect(corrected(now, correction)).toMatchObject({ ok: false, error: { code } });
	});

	it('is never longer than what goes to listeners', () => {
		expect(SEGMENT_TEXT_MAX_LENGTH).toBeLessThanOrEqual(CAPTION_TEXT_MAX_LENGTH);
	});
});
