import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLOOR, parseLanguage } from './language.ts';
import { isSlug, mediaPath, parseMediaPath } from './media-path.ts';

const slug = fc
	.array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { minLength: 1, maxLength: 5 })
	.map((parts) => parts.join('-'));
const language = fc
	.constantFrom('fr', 'pt-BR', 'zh-Hant-TW', 'ase', 'floor')
	.map((code) => parseLanguage(code))
	.map((parsed) => (parsed.ok ? parsed.value : FLOOR));

describe('media paths', () => {
	it.each([
		[{ event: 'demo', room: null, language: 'fr' }, 'demo/fr'],
		[{ event: 'demo', room: 'hall-2', language: 'pt-BR' }, 'demo/hall-2/pt-BR'],
		[{ event: 'demo', room: null, language: 'floor' }, 'demo/floor']
	])('of %o is %s', (channel, path) => {
		const code = parseLanguage(channel.language);
		if (!code.ok) throw new Error(channel.language);
		expect(mediaPath({ ...channel, language: code.value })).toBe(path);
	});

	it('are read back as what they were built from', () => {
		fc.assert(
			fc.property(slug, fc.option(slug), language, (event, room, code) => {
				const channel = { event, room, language: code };
				expect(parseMediaPath(mediaPath(channel))).toEqual({ ok: true, value: channel });
			})
		);
	});

	it.each(['', 'demo', 'demo/', '/fr', 'demo/a/b/fr', 'Demo/fr', 'demo/not_a_language', '../fr'])(
		'refuse %j',
		(path) => expect(parseMediaPath(path)).toMatchObject({ error: { code: 'path_invalid' } })
	);

	it('take any text without throwing', () => {
		fc.assert(fc.property(fc.string(), (text) => void parseMediaPath(text)));
	});
});

describe('slugs', () => {
	it.each(['a', 'pycon-2026', '0', 'a'.repeat(64)])('accept %s', (text) =>
		expect(isSlug(text)).toBe(true)
	);
	it.each(['', '-a', 'a-', 'a--b', 'A', 'a_b', 'a b', 'ä', 'a'.repeat(65)])('refuse %j', (text) =>
		expect(isSlug(text)).toBe(false)
	);
});

describe('language codes', () => {
	it.each([
		['FR', 'fr'],
		['pt-br', 'pt-BR'],
		['ZH-hant-tw', 'zh-Hant-TW'],
		[' ase ', 'ase'],
		['Floor', 'floor']
	])('%j is canonically %s', (text, code) =>
		expect(parseLanguage(text)).toEqual({ ok: true, value: code })
	);
	it.each(['', 'f', 'french', 'fr_FR', 'fr-', '12', 'x-klingon'])('refuse %j', (text) =>
		expect(parseLanguage(text)).toMatchObject({ error: { code: 'language_invalid' } })
	);
});
