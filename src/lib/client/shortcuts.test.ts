import { describe, expect, test } from 'vitest';
import { isHandKey, shortcutOf } from './shortcuts.ts';

const NO = { ctrlKey: false, altKey: false, metaKey: false, shiftKey: false };
const key = (code: string, key: string, held: Partial<typeof NO> = {}) => ({
	code,
	key,
	...NO,
	...held
});

describe('shortcutOf', () => {
	test('letters by their place, whatever the keyboard’s script', () => {
		expect(shortcutOf(key('KeyM', 'm'), true)).toBe('mute');
		expect(shortcutOf(key('KeyM', 'ة'), true)).toBe('mute');
		expect(shortcutOf(key('Space', ' '), true)).toBe('cough');
		expect(shortcutOf(key('Slash', '?', { shiftKey: true }), true)).toBe('help');
	});

	test('no single key opens a microphone', () => {
		const single = Array.from({ length: 26 }, (_, n) => String.fromCharCode(65 + n)).flatMap(
			(letter) => [
				shortcutOf(key(`Key${letter}`, letter.toLowerCase()), true),
				shortcutOf(key(`Key${letter}`, letter, { shiftKey: true }), true)
			]
		);
		expect(single).not.toContain('go-live');
		expect(single).not.toContain('handover');
		expect(shortcutOf(key('Enter', 'Enter'), true)).toBeNull();
		expect(shortcutOf(key('Enter', 'Enter', { ctrlKey: true }), true)).toBe('go-live');
		expect(shortcutOf(key('Enter', 'Enter', { altKey: true }), true)).toBe('handover');
	});

	test('single keys can be switched off; the others stay', () => {
		expect(shortcutOf(key('KeyM', 'm'), false)).toBeNull();
		expect(shortcutOf(key('Period', '.', { ctrlKey: true }), false)).toBe('stop');
	});

	test('a pedal coughs and a headset’s button mutes, also with single keys off', () => {
		expect(shortcutOf(key('F13', 'F13'), false, 'F13')).toBe('cough');
		expect(shortcutOf(key('F13', 'F13'), true)).toBeNull();
		expect(shortcutOf(key('', 'MicrophoneToggle'), false)).toBe('mute');
		expect(shortcutOf(key('MediaPlayPause', 'MediaPlayPause'), false)).toBe('mute');
		expect(isHandKey(key('KeyM', 'm'), null)).toBe(false);
	});

	test('the browser’s own combinations are left alone', () => {
		expect(shortcutOf(key('KeyM', 'm', { ctrlKey: true }), true)).toBeNull();
		expect(shortcutOf(key('KeyC', 'c', { metaKey: true }), true)).toBeNull();
		expect(shortcutOf(key('KeyC', 'c', { ctrlKey: true, altKey: true }), true)).toBeNull();
	});
});
