import { expect, test } from 'vitest';
import { isSlug } from './media-path.ts';
import { numberedSlug, parseSlug, slugFrom } from './slug.ts';

test.each([
	['PyCon 2026', 'pycon-2026'],
	['  Année générale — Genève ', 'annee-generale-geneve'],
	['Straße & Øre', 'strasse-ore'],
	['a'.repeat(80), 'a'.repeat(64)],
	['x'.repeat(63) + ' y', 'x'.repeat(63)]
])('%s becomes %s', (name, slug) => {
	expect(slugFrom(name)).toBe(slug);
	expect(isSlug(slug)).toBe(true);
});

test('a name in another script gives none', () => {
	expect(slugFrom('القاعة')).toBeNull();
	expect(slugFrom('—')).toBeNull();
});

test('a further try is told apart and still a slug', () => {
	expect(numberedSlug('pycon', 1)).toBe('pycon');
	expect(numberedSlug('pycon', 2)).toBe('pycon-2');
	expect(isSlug(numberedSlug('a'.repeat(64), 12))).toBe(true);
	expect(isSlug(numberedSlug('a'.repeat(61) + '-bc', 12))).toBe(true);
});

test('what is typed is taken in any case, and refused with a reason', () => {
	expect(parseSlug(' PyCon-2026 ')).toEqual({ ok: true, value: 'pycon-2026' });
	expect(parseSlug('py con')).toMatchObject({ error: { code: 'slug_invalid' } });
	expect(parseSlug('a--b')).toMatchObject({ error: { code: 'slug_invalid' } });
	expect(parseSlug('')).toMatchObject({ error: { code: 'slug_invalid' } });
	expect(parseSlug('New')).toMatchObject({ error: { code: 'slug_reserved' } });
});
